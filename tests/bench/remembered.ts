import type { BaseModel, ScoreResult } from "../../src/models/base-model.ts";
import type { DraftModel } from "../../src/models/draft-model.ts";
import type { GenerationPart, GenerationRequest } from "../../src/models/generation.ts";

/** What was generated for a request whole; the same request gives the same text, since each has its seed. */
function remembered(generate: (request: GenerationRequest) => AsyncIterable<GenerationPart>) {
  const whole = new Map<string, readonly GenerationPart[]>();
  return async function* (request: GenerationRequest): AsyncGenerator<GenerationPart> {
    const { signal: _, ...asked } = request;
    const key = JSON.stringify(asked);
    const before = whole.get(key);
    if (before !== undefined) return yield* before;
    const parts: GenerationPart[] = [];
    for await (const part of generate(request)) {
      parts.push(part);
      if (part.kind === "end") whole.set(key, parts);
      yield part;
    }
  };
}

/** A pair that computes nothing twice: the steps that modes and thresholds share are drafted, scored and corrected once. Times mean nothing then. */
export function rememberingPair(draft: DraftModel, base: BaseModel): { readonly draft: DraftModel; readonly base: BaseModel } {
  const scores = new Map<string, ScoreResult>();
  return {
    draft: { ...draft, generate: remembered((request) => draft.generate(request)) },
    base: {
      info: base.info,
      generate: remembered((request) => base.generate(request)),
      probe: (signal) => base.probe(signal),
      async score(request) {
        const key = JSON.stringify(request.prompts);
        const result = scores.get(key) ?? await base.score(request);
        scores.set(key, result);
        return result;
      },
    },
  };
}
