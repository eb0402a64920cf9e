import type { BaseModel } from "../../models/base-model.ts";
import type { DraftModel } from "../../models/draft-model.ts";
import { ModelError } from "../../models/model-error.ts";
import type { Policy } from "../../reasoning/policy.ts";
import { endpointAddress } from "../settings/endpoint-address.ts";
import { defaultSessionHeader, sessionHeaderOf } from "../settings/session-header.ts";
import type { SettingsState } from "../settings/settings-store.ts";
import type { DraftKeeper } from "./draft-keeper.ts";
import { draftSource, type BaseSource } from "./open-models.ts";
import { unopenedBase, unopenedDraft } from "./unopened-models.ts";

export type Opening = { readonly what: "base" } | { readonly what: "draft"; readonly share?: number };
export type Pair = { readonly draft: DraftModel; readonly base: BaseModel };

export type OpenPair = (
  chosen: SettingsState, session: string, show: (opening: Opening) => void, signal: AbortSignal,
) => Promise<Pair>;

export const usesDraft = ({ mode }: Policy): boolean => mode !== "base";
export const usesBase = ({ mode, answerBy }: Policy): boolean => mode !== "draft" || answerBy === "base";

/** @throws ModelError or PageError: the endpoint or the draft model cannot be opened. */
export const createOpenPair = (
  keeper: DraftKeeper,
  openBase: (source: BaseSource, session: string, signal: AbortSignal) => Promise<BaseModel>,
  page: string,
): OpenPair => async ({ settings, apiKey, file }, session, show, signal) => {
  const address = endpointAddress(settings.base.url, page);
  const source = draftSource(settings.draft, file, page);
  const baseSource: BaseSource = { baseUrl: address?.href ?? "", model: settings.base.model, apiKey, sessionHeader: sessionHeaderOf(settings.base.sessionHeader) ?? defaultSessionHeader };
  if (address === undefined && usesBase(settings.policy)) {
    throw new ModelError("wrong-path", "The endpoint's address is no http or https address.");
  }
  show({ what: usesBase(settings.policy) ? "base" : "draft" });
  // The endpoint answers soon or not at all, so it is asked before anything large is downloaded.
  const base = usesBase(settings.policy) ? await openBase(baseSource, session, signal) : unopenedBase(baseSource);
  show({ what: "draft" });
  const draft = usesDraft(settings.policy)
    ? await keeper.open(source, (share) => show({ what: "draft", share }), signal)
    : unopenedDraft(source);
  return { draft, base };
};
