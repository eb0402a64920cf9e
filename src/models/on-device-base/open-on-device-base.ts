import type { BaseModel, Judgement } from "../base-model.ts";
import { aborted } from "../model-error.ts";
import { openWllamaModel, type OpenWllamaRequest } from "../wllama/open-wllama-model.ts";

export type OpenOnDeviceBaseRequest = OpenWllamaRequest;

/** A base model on this device; `close` frees it. */
export type OnDeviceBase = BaseModel & {
  readonly computesOn: "cpu" | "webgpu";
  readonly device: string;
  close(): Promise<void>;
};

const digits = "0123456789".split("");

function judgementOf(probabilities: readonly number[]): Judgement {
  return { probabilities, digit: probabilities.indexOf(Math.max(...probabilities)), rung: "top-logprobs" };
}

/**
 * A base model in llama.cpp on this device, so that the page scores and corrects with no server. Its requests wait for
 * one another: there is one KV cache, and a score leaves the transcript's prefix in it. The digits' probabilities are exact.
 * @throws ModelError as `openWllamaDraft`
 */
export async function openOnDeviceBase(request: OpenOnDeviceBaseRequest): Promise<OnDeviceBase> {
  const model = await openWllamaModel(request);
  let closed = false;
  return {
    info: {
      id: `on-device:${request.id ?? request.name}`,
      name: request.name,
      format: request.format,
      instruction: request.instruction,
      contextTokens: model.contextTokens,
    },
    computesOn: model.computesOn,
    device: model.device,
    async score({ prompts, signal }) {
      const judgements: Judgement[] = [];
      let promptTokens = 0;
      let cachedTokens = 0;
      let generatedTokens = 0;
      for (const prompt of prompts) {
        const { probabilities, usage } = await model.weighNextToken(prompt, digits, signal);
        judgements.push(judgementOf(probabilities));
        promptTokens += usage.promptTokens;
        cachedTokens += usage.cachedTokens ?? 0;
        generatedTokens += usage.generatedTokens;
      }
      return { judgements, usage: { promptTokens, cachedTokens, generatedTokens } };
    },
    generate: (asked) => model.generate(asked),
    // Nothing lies between the page and the model.
    probe: (signal) => (closed || signal.aborted ? Promise.reject(aborted()) : Promise.resolve({ roundTripSeconds: 0 })),
    close() {
      closed = true;
      return model.close();
    },
  };
}
