import { generate } from "../../src/local-base/generate.ts";
import { loadLanguageModel } from "../../src/local-base/language-model.ts";
import { newMetrics } from "../../src/local-base/metrics.ts";
import { sequencePool } from "../../src/local-base/sequence-pool.ts";
import type { Judgement, ScoreResult } from "../../src/models/base-model.ts";
import type { Ended, GenerationPart, GenerationRequest } from "../../src/models/generation.ts";
import { asModelError } from "../../src/models/model-error.ts";

const digits = "0123456789".split("");

/** A GGUF model in llama.cpp in this process, with no server between. @throws LocalBaseError where it cannot be loaded */
export async function openNodeModel(modelPath: string, sequences: number) {
  const model = await loadLanguageModel({ modelPath, maxContextTokens: 4096, sequences });
  const pool = sequencePool(model.sequences);
  const metrics = newMetrics();

  async function* write(request: GenerationRequest, logprobs?: number) {
    const { prompt, maxTokens, stop, temperature, topP, seed, signal } = request;
    const tokens = model.tokenize(prompt, false);
    const lease = await pool.acquire({ prompt: tokens, session: undefined, brief: maxTokens === 1, signal });
    try {
      yield* generate({
        prompts: [tokens], maxTokens: [maxTokens], choicesPerPrompt: 1, seed, stops: stop, stopTokens: new Set(), keepStop: false, ignoreEndOfText: false, logprobs,
        sampling: { temperature, topP, topK: 0, minP: 0, allowed: undefined, bias: new Map() }, tokensAsIds: false, returnTokenIds: false, stream: undefined,
      }, model, lease.sequence, metrics, signal);
    } finally {
      lease.release();
    }
  }

  return {
    contextTokens: model.contextTokens,
    async* generate(request: GenerationRequest): AsyncGenerator<GenerationPart> {
      let generatedTokens = 0;
      try {
        for await (const { text, finish, cachedTokens } of write(request)) {
          generatedTokens += 1;
          yield { kind: "text", text, tokens: 1 };
          if (finish === undefined) continue;
          const ended: Ended = finish.reason === "length" ? { kind: "length" } : typeof finish.stop === "string" ? { kind: "stop", stop: finish.stop } : { kind: "end-of-text" };
          yield { kind: "end", ended, usage: { promptTokens: model.tokenize(request.prompt, false).length, cachedTokens, generatedTokens } };
        }
      } catch (thrown) {
        throw asModelError(thrown, "engine-failed");
      }
      // As every model: an aborted generation throws.
      if (request.signal.aborted) throw asModelError(request.signal.reason, "aborted");
    },

    async score(prompts: readonly string[], signal: AbortSignal): Promise<ScoreResult> {
      const judgements: Judgement[] = [];
      const used = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
      for (const prompt of prompts) {
        for await (const { probabilities, cachedTokens } of write({ prompt, maxTokens: 1, stop: [], temperature: 0, topP: 1, signal }, model.vocabularySize)) {
          const found = digits.map((digit) => probabilities?.top.find(([token]) => model.detokenize([token], false) === digit)?.[1] ?? 0);
          const sum = found.reduce((whole, probability) => whole + probability, 0);
          judgements.push({ probabilities: found.map((probability) => probability / sum), digit: found.indexOf(Math.max(...found)), rung: "top-logprobs" });
          used.promptTokens += model.tokenize(prompt, false).length;
          used.cachedTokens += cachedTokens;
          used.generatedTokens += 1;
        }
      }
      return { judgements, usage: used };
    },
    close: () => model.close(),
  };
}
