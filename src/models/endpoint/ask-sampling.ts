import type { BaseModel } from "../base-model.ts";
import type { ChatFormat } from "../chat-format.ts";
import type { Usage } from "../generation.ts";

/** So low that only the most likely token can be drawn, and high enough that servers draw it rather than take it. */
const nearlyGreedy = 0.001;
/** Two tokens may be equally likely; not in every try. */
const tries = 3;

export type Sampled = { readonly usage: Usage; readonly samples: boolean };

/**
 * Whether the server's sampling is sound: at a temperature next to 0 it has to write what it writes at 0.
 * vLLM 0.32.0 on a CPU with speculation switched on writes noise at every temperature but 0.
 * @throws ModelError
 */
export async function askSampling(base: BaseModel, { textStart, userStart, userEnd, assistantStart, thinkingStart }: ChatFormat, signal: AbortSignal): Promise<Sampled> {
  const prompt = `${textStart}${userStart}What is 4 + 5?${userEnd}${assistantStart}${thinkingStart}`;
  const write = async (temperature: number, seed: number): Promise<{ readonly text: string; readonly usage: Usage }> => {
    let text = "";
    let usage: Usage = { promptTokens: 0, generatedTokens: 0 };
    for await (const part of base.generate({ prompt, maxTokens: 8, stop: ["\n\n"], temperature, topP: 1, seed, signal })) {
      if (part.kind === "text") text += part.text;
      else usage = part.usage;
    }
    return { text, usage };
  };
  const greedy = await write(0, 1);
  for (let seed = 1; seed <= tries; seed++) if ((await write(nearlyGreedy, seed)).text === greedy.text) return { usage: greedy.usage, samples: true };
  return { usage: greedy.usage, samples: false };
}
