import type { OnDeviceBase } from "../../models/on-device-base/on-device-base.ts";
import type { BaseModel } from "../../models/base-model.ts";
import type { DraftModel } from "../../models/draft-model.ts";
import { ModelError } from "../../models/model-error.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { endpointAddress } from "../settings/endpoint-address.ts";
import { defaultSessionHeader, sessionHeaderOf } from "../settings/session-header.ts";
import type { SettingsState } from "../settings/settings-store.ts";
import { orAwaited } from "./awaited-base.ts";
import type { DraftLoading } from "./draft-loading.ts";
import { deviceBaseSource, draftSource } from "./draft-source.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import type { BaseSource } from "./open-models.ts";
import { unopenedBase, unopenedDraft } from "./unopened-models.ts";

export type Opening = { readonly what: "base" | "draft"; readonly loading?: DraftLoading };
export type Pair = { readonly draft: DraftModel; readonly base: BaseModel };

export type OpenPair = (
  chosen: SettingsState, session: string, show: (opening: Opening) => void, signal: AbortSignal,
) => Promise<Pair>;

export const usesDraft = ({ mode }: Policy): boolean => mode !== "base";
export const usesBase = ({ mode, answerBy }: Policy): boolean => mode !== "draft" || answerBy === "base";

/** What opens the models, and keeps those on this device open. */
export type PairParts = {
  readonly drafts: ModelKeeper<DraftModel>;
  readonly deviceBases: ModelKeeper<OnDeviceBase>;
  readonly openBase: (source: BaseSource, session: string, signal: AbortSignal) => Promise<BaseModel>;
  readonly page: string;
};

/** @throws ModelError or PageError: the endpoint or a model on this device cannot be opened. */
export function createOpenPair({ drafts, deviceBases, openBase, page }: PairParts): OpenPair {
  async function endpointBase({ settings, apiKey }: SettingsState, session: string, signal: AbortSignal): Promise<BaseModel> {
    await deviceBases.close();
    const address = endpointAddress(settings.base.url, page);
    const source: BaseSource = { baseUrl: address?.href ?? "", model: settings.base.model, apiKey, sessionHeader: sessionHeaderOf(settings.base.sessionHeader) ?? defaultSessionHeader };
    if (!usesBase(settings.policy)) return unopenedBase(source);
    if (address === undefined) throw new ModelError("wrong-path", "The endpoint's address is no http or https address.");
    // Who drafts need not wait for it.
    return (usesDraft(settings.policy) ? orAwaited(openBase) : openBase)(source, session, signal);
  }

  function deviceBase({ settings, baseFile }: SettingsState, show: (opening: Opening) => void, signal: AbortSignal): BaseModel | Promise<BaseModel> {
    const source = deviceBaseSource(settings.base.device, baseFile, page);
    if (!usesBase(settings.policy)) return unopenedBase({ baseUrl: source.name, model: source.name });
    return deviceBases.open(source, (loading) => show({ what: "base", loading }), signal);
  }

  return async (chosen, session, show, signal) => {
    const { settings, file } = chosen;
    const source = draftSource(settings.draft, file, page);
    show({ what: usesBase(settings.policy) ? "base" : "draft" });
    // An endpoint answers soon or not at all, so it is asked before anything large is downloaded.
    const base = await (settings.base.where === "device" ? deviceBase(chosen, show, signal) : endpointBase(chosen, session, signal));
    show({ what: "draft" });
    const draft = usesDraft(settings.policy)
      ? await drafts.open(source, (loading) => show({ what: "draft", loading }), signal)
      : unopenedDraft(source);
    return { draft, base };
  };
}
