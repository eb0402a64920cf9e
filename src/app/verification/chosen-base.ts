import { onDeviceId, onDeviceName } from "../../models/on-device-base/on-device-id.ts";
import { awaitedInfo } from "../models/awaited-base.ts";
import { deviceBaseSource, onceTold } from "../models/draft-source.ts";
import { endpointAddress } from "../settings/endpoint-address.ts";
import type { DeviceModel } from "../settings/settings.ts";
import type { SettingsState } from "../settings/settings-store.ts";

/** Whether the base model by this id is the one chosen now; where none is named, any of its endpoint may be. */
export function isChosenBase(id: string, { settings: { base }, baseFile }: Pick<SettingsState, "settings" | "baseFile">, page: string): boolean {
  if (base.where === "device") return id === deviceId(base.device, baseFile, page);
  const address = endpointAddress(base.url, page);
  if (address === undefined) return false;
  const { id: chosen, name } = awaitedInfo({ baseUrl: address.href, model: base.model });
  return id === chosen || (base.model.trim() === "" && id.startsWith(chosen.slice(0, chosen.length - name.length)));
}

/** Undefined where nothing is chosen yet. A picked file is known by its name, also after a reload has lost it. */
function deviceId(device: DeviceModel, file: File | undefined, page: string): string | undefined {
  const known = file ?? (device.fileName === "" ? undefined : new File([], device.fileName));
  const source = onceTold(() => deviceBaseSource(device, known, page));
  return source === undefined ? undefined : onDeviceId(source.name);
}

/** The base model's name in such an id; empty where its endpoint's first model was meant and never seen. */
export const baseName = (id: string): string => onDeviceName(id) ?? id.slice(id.indexOf(" ") + 1);
