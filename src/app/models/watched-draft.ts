import type { DraftModel } from "../../models/draft-model.ts";
import type { Usage } from "../../models/generation.ts";
import type { ModelSpeed } from "./kept-speeds.ts";

/** One call of a draft model that came to its end. */
export type DraftCall = {
  readonly usage: Usage;
  /** From the call to its first token: the prefill, mostly. */
  readonly firstSeconds: number;
  /** From the first token to the last. */
  readonly restSeconds: number;
};

/** The same model, telling of each call that ended well and of its failures. @param now seconds, from any zero */
export function watchedDraft(
  model: DraftModel, now: () => number,
  told: { readonly call: (call: DraftCall) => void; readonly failed: (thrown: unknown) => void; readonly closed: () => void },
): DraftModel {
  return {
    info: model.info,
    async *generate(request) {
      const began = now();
      let first: number | undefined;
      try {
        for await (const part of model.generate(request)) {
          first ??= now();
          if (part.kind === "end") told.call({ usage: part.usage, firstSeconds: first - began, restSeconds: now() - first });
          yield part;
        }
      } catch (thrown) {
        told.failed(thrown);
        throw thrown;
      }
    },
    async close() {
      told.closed();
      await model.close();
    },
  };
}

/** Below so many tokens a prefill's time is mostly that of starting it. */
const leastPrefill = 8;

/** What one call tells of the model's speed. */
export function speedOf({ usage, firstSeconds, restSeconds }: DraftCall): ModelSpeed {
  const prefilled = usage.promptTokens - (usage.cachedTokens ?? 0);
  const decoded = Math.max(0, usage.generatedTokens - 1);
  return {
    prefill: prefilled < leastPrefill ? { tokens: 0, seconds: 0 } : { tokens: prefilled, seconds: firstSeconds },
    decode: { tokens: decoded, seconds: decoded === 0 ? 0 : restSeconds },
  };
}
