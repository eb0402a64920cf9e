import type { BaseModel, BaseModelInfo, Judgement } from "../base-model.ts";
import { aborted } from "../model-error.ts";
import type { OnDeviceModel } from "../on-device-model.ts";
import { onDeviceId } from "./on-device-id.ts";

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
 * A model on this device as the base model, so that the page scores and corrects with no server. Its requests wait for
 * one another: there is one KV cache, and a score leaves the transcript's prefix in it. The digits' probabilities are exact.
 */
export function onDeviceBase({ name, format, instruction }: Pick<BaseModelInfo, "name" | "format" | "instruction">, model: OnDeviceModel): OnDeviceBase {
  let closed = false;
  return {
    info: { id: onDeviceId(name), name, format, instruction, contextTokens: model.contextTokens },
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
