import type { GgufModel } from "../../models/gguf-catalogue.ts";
import { fits, type CatalogueModel, type Fit } from "../../models/model-catalogue.ts";
import type { ModelTarget } from "../models/draft-source.ts";
import type { Numbers } from "../words/use-numbers.ts";
import { byteWords } from "./byte-words.ts";
import { onDevice, type ShelfState } from "./shelf-store.ts";
import type { ShelfWords } from "./shelf-words.ts";

/** What is said of a model of a catalogue. */
export type ModelFacts = {
  readonly facts: string;
  readonly fit: string;
  /** What is downloaded for it here; absent before the device was looked at, and where it does not fit. */
  readonly target?: ModelTarget;
};

/** @param beside bytes that the other model of the pair takes of the GPU's memory */
export function gpuModelFacts(model: CatalogueModel, { machine, stored }: ShelfState, words: ShelfWords, numbers: Numbers, beside: number): ModelFacts {
  const { f16, f32 } = model.variants;
  // Of a model that is here already no more room is needed.
  const downloaded = [f16, f32].some((one) => one !== undefined && onDevice(stored, { kind: "webllm", ...one })?.complete === true);
  const fit = machine === undefined ? undefined : fits(model, machine.gpu, downloaded ? undefined : machine.freeBytes, beside);
  const variant = fit !== undefined && fit.kind !== "does-not-fit" ? fit.variant : undefined;
  const shown = variant ?? f16 ?? f32;
  return {
    facts: [
      ...(shown === undefined ? [] : [words.about(byteWords(shown.downloadBytes, numbers)), words.gpuMemory(byteWords(shown.gpuBytes, numbers))]),
      words.parameters(numbers.short(model.billions)), words.context(numbers.count(model.contextTokens)), model.licence,
    ].join(" · "),
    fit: fit === undefined ? words.checking : fitWords(fit, words, beside > 0),
    ...(variant === undefined ? {} : { target: { kind: "webllm", modelUrl: variant.modelUrl, modelLibUrl: variant.modelLibUrl } }),
  };
}

function fitWords(fit: Fit, words: ShelfWords, beside: boolean): string {
  switch (fit.kind) {
    case "fits": return beside ? words.fitsBeside[fit.precision] : words.fits[fit.precision];
    case "may-not-fit": return beside ? words.mayNotFitBeside : words.mayNotFit;
    case "does-not-fit": return fit.why === "limits" ? words.doesNotFit.limits((fit.missing ?? []).join(", ")) : words.doesNotFit[fit.why];
    default: return fit satisfies never;
  }
}

export function cpuModelFacts(model: GgufModel, { machine, stored }: ShelfState, words: ShelfWords, numbers: Numbers): ModelFacts {
  const target = { kind: "gguf", url: model.url, sha256: model.sha256 } as const;
  const full = machine?.freeBytes !== undefined && machine.freeBytes < model.bytes && onDevice(stored, target)?.complete !== true;
  return {
    target,
    facts: [byteWords(model.bytes, numbers), words.parameters(numbers.short(model.billions)), words.context(numbers.count(model.contextTokens)), model.licence].join(" · "),
    fit: machine === undefined ? words.checking : full ? words.doesNotFit.storage : words.cpu(machine.threads),
  };
}
