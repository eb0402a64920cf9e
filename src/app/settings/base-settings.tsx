import { lazy, Suspense } from "react";
import { useShelfOpened } from "../shelf/shelf-opened.ts";
import { useWords } from "../words/use-words.ts";
import { EndpointSettings } from "./endpoint-settings.tsx";
import { Choice } from "./field.tsx";
import { changeBase, useSettings } from "./settings-store.ts";

/** Comes with the first look at the settings, as the draft model's shelf does. */
const DeviceBase = lazy(async () => ({ default: (await import("../shelf/device-base.tsx")).DeviceBase }));

export function BaseSettings() {
  const words = useWords().settings.base;
  const where = useSettings(({ settings }) => settings.base.where);
  const opened = useShelfOpened();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <Choice
          label={words.where} value={where} onChange={(chosen) => changeBase({ where: chosen })}
          options={{ endpoint: words.atEndpoint, device: words.onDevice }} note={where === "device" ? words.onDeviceNote : ""}
        />
      </div>
      {where === "endpoint" && <EndpointSettings />}
      {where === "device" && opened && <div className="grid gap-3 sm:col-span-2"><Suspense><DeviceBase /></Suspense></div>}
    </div>
  );
}
