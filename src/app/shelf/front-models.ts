import { ggufCatalogue } from "../../models/gguf-catalogue.ts";
import { modelCatalogue, recommend } from "../../models/model-catalogue.ts";
import type { ModelTarget } from "../models/draft-source.ts";
import type { Machine } from "../models/machine.ts";
import type { Settings } from "../settings/settings.ts";

/** The models that are no catalogue's. */
export const ownSources = ["mlc", "url", "file"] as const;

/** All that the shelf offers beside the built-in model. */
export const shelfIds: readonly string[] = [...modelCatalogue, ...ggufCatalogue].map(({ id }) => id).concat(ownSources);

/** The id of the one model to offer first here; undefined before the device was looked at. */
export function recommendedHere(machine: Machine | undefined): string | undefined {
  if (machine === undefined) return undefined;
  const onGpu = recommend(machine.gpu, machine.freeBytes);
  if (onGpu !== undefined) return onGpu.model.id;
  return ggufCatalogue.find(({ bytes }) => machine.freeBytes === undefined || bytes <= machine.freeBytes)?.id;
}

/** What stands in front: the recommended model, the chosen one, and what is on this device, in whole or in part. @param has whether something of it is */
export function frontModels(draft: Settings["draft"], machine: Machine | undefined, has: (target: ModelTarget) => boolean): ReadonlySet<string> {
  const recommended = recommendedHere(machine);
  return new Set([
    ...(draft.source === "embedded" ? [] : [draft.source === "catalogue" ? draft.catalogueId : draft.source]),
    ...(recommended === undefined ? [] : [recommended]),
    ...modelCatalogue.filter(({ variants }) => [variants.f16, variants.f32].some((variant) => variant !== undefined && has({ kind: "webllm", ...variant }))).map(({ id }) => id),
    ...ggufCatalogue.filter(({ url }) => has({ kind: "gguf", url })).map(({ id }) => id),
  ]);
}
