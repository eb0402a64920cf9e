import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BaseModel, ScoreRung } from "../../src/models/base-model.ts";
import { ModelError } from "../../src/models/model-error.ts";
import { failure, generated } from "./generated.ts";

/** What a server cannot tell, whoever asks. */
export type Lacks = {
  /** No probabilities: the rung its scores come from instead. */
  readonly probabilities?: Exclude<ScoreRung, "top-logprobs">;
  /** No word on whether a stop text or the end of text ended a generation. */
  readonly stopReason?: true;
  /** Text at temperatures above 0: it writes noise there. */
  readonly sampling?: true;
};

/** What serves the embedded base model, through whatever implementation of BaseModel. */
export type ServedBase = {
  readonly base: BaseModel;
  /** Requests the server works at, where it can be asked; without it only the client's side is checked. */
  readonly running?: () => Promise<number>;
  readonly lacks?: Lacks;
  close(): Promise<void>;
};

const turn = "<|im_start|>user\nTake the number 74. Add 31. Increase it by 37. What is the result?<|im_end|>\n<|im_start|>assistant\n<think>\n";
const scoreTurn =
  "<|im_end|>\n<|im_start|>user\nRate the last reasoning step above from 0 to 9. Judge only whether it is correct and follows from the problem and the steps before it; ignore style. Answer with a single digit.<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\nScore: ";
const right = `${turn}First, 74 + 31 = 105.${scoreTurn}`;
const wrong = `${turn}First, 74 + 31 = 106.${scoreTurn}`;
const greedy = { prompt: turn, maxTokens: 64, stop: ["\n\n"], temperature: 0, topP: 1 } as const;
const going = (): AbortSignal => new AbortController().signal;

/** What every BaseModel does; run over each implementation, each serving the embedded base model. */
export function describeBaseModel(name: string, serve: () => Promise<ServedBase>): void {
  describe(`the base model: ${name}`, { timeout: 60_000 }, () => {
    let served: ServedBase;
    let base: BaseModel;
    beforeAll(async () => {
      served = await serve();
      base = served.base;
      await base.probe(going());
    }, 60_000);
    afterAll(() => served.close());

    const idle = async (): Promise<void> => {
      while (served.running !== undefined && (await served.running()) > 0) await new Promise((resolve) => void setTimeout(resolve, 10));
    };

    it("answers a probe with the seconds it took", async () => {
      const { roundTripSeconds } = await base.probe(going());
      expect(roundTripSeconds).toBeGreaterThan(0);
    });

    it("scores a right step high and a wrong one low, in the order of the prompts", async () => {
      const { judgements, usage } = await base.score({ prompts: [right, wrong, right], signal: going() });
      expect(judgements.map(({ digit }) => digit)).toEqual([9, 1, 9]);
      for (const { probabilities, rung } of judgements) {
        expect(rung).toBe(served.lacks?.probabilities ?? "top-logprobs");
        if (served.lacks?.probabilities !== undefined) continue;
        expect(probabilities).toHaveLength(10);
        expect(probabilities?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
      }
      expect(usage.promptTokens).toBeGreaterThan(3 * 50);
      // A sample may be longer than the digit it is parsed from.
      expect(usage.generatedTokens).toBeGreaterThanOrEqual(3);
      if (served.lacks?.probabilities !== "sampled-digit") expect(usage.generatedTokens).toBe(3);
    });

    it("scores a step the same alone and among others", async () => {
      const alone = await base.score({ prompts: [wrong], signal: going() });
      const among = await base.score({ prompts: [right, wrong], signal: going() });
      const [one, other] = [alone.judgements[0]?.probabilities, among.judgements[1]?.probabilities];
      expect(alone.judgements[0]?.digit).toBe(among.judgements[1]?.digit);
      if (served.lacks?.probabilities !== undefined) return;
      for (let digit = 0; digit < 10; digit++) expect(one?.[digit]).toBeCloseTo(other?.[digit] ?? NaN, 2);
    });

    it("writes a step up to the blank line, which is not part of it", async () => {
      const step = await generated(base.generate({ ...greedy, signal: going() }));
      expect(step.text).toBe("First, 74 + 31 = 105.");
      expect(step.end.ended).toEqual({ kind: "stop", stop: "\n\n" });
      expect(step.tokens).toBeGreaterThan(0);
      expect(step.tokens).toBeLessThanOrEqual(step.end.usage.generatedTokens);
    });

    it("tells a step cut by its cap from a finished one", async () => {
      const step = await generated(base.generate({ ...greedy, maxTokens: 5, signal: going() }));
      expect(step.end.ended).toEqual({ kind: "length" });
      expect(step.end.usage.generatedTokens).toBe(5);
    });

    it("tells the end of text from a stop text", async () => {
      const prompt = `${turn}First, 74 + 31 = 105.\n\nNow, 105 + 37 = 142.\n\n</think>\n\n`;
      const answer = await generated(base.generate({ ...greedy, prompt, signal: going() }));
      expect(answer.text).toContain("\\boxed{142}");
      // Taken for the stop text where the server does not tell: at the end of text the next request writes nothing.
      expect(answer.end.ended).toEqual(served.lacks?.stopReason === true ? { kind: "stop", stop: "\n\n" } : { kind: "end-of-text" });
    });

    it("repeats a sampled step for the same seed", async ({ skip }) => {
      if (served.lacks?.sampling === true) skip("it writes noise when it samples");
      const request = { ...greedy, temperature: 0.9, seed: 11, signal: going() };
      const [first, second] = [await generated(base.generate(request)), await generated(base.generate(request))];
      expect(first.text).toBe(second.text);
    });

    it("reports what came from its cache, where it says so", async () => {
      const { usage } = await base.score({ prompts: [`${turn}First, 74 + 31 = 105.\n\nNow, 105 + 37 = 142.${scoreTurn}`], signal: going() });
      if (usage.cachedTokens !== undefined) expect(usage.cachedTokens).toBeLessThan(usage.promptTokens);
    });

    it("runs requests side by side", async () => {
      const [scored, written, again] = await Promise.all([
        base.score({ prompts: [right], signal: going() }),
        generated(base.generate({ ...greedy, signal: going() })),
        generated(base.generate({ ...greedy, signal: going() })),
      ]);
      expect(scored.judgements[0]?.digit).toBe(9);
      expect(written.text).toBe(again.text);
    });

    it("ends as aborted, before, during and in the pauses of a request, and the server is free again", async () => {
      expect((await failure(base.score({ prompts: [right], signal: AbortSignal.abort() }))).kind).toBe("aborted");

      const stop = new AbortController();
      const error = await failure(
        (async () => {
          for await (const part of base.generate({ ...greedy, stop: [], maxTokens: 400, signal: stop.signal })) if (part.kind === "text") stop.abort();
        })(),
      );
      expect(error.kind).toBe("aborted");
      await idle();
      expect((await generated(base.generate({ ...greedy, signal: going() }))).text).toBe("First, 74 + 31 = 105.");
    });

    it("frees the server when its reader leaves early", async () => {
      for await (const part of base.generate({ ...greedy, stop: [], maxTokens: 400, signal: going() })) if (part.kind === "text") break;
      await idle();
    });

    it("names an overflow of its context", async () => {
      const long = turn.repeat(60);
      for (const work of [base.score({ prompts: [long], signal: going() }), generated(base.generate({ ...greedy, prompt: long, signal: going() }))]) {
        const error = await failure(work);
        expect(error).toBeInstanceOf(ModelError);
        expect(error.kind).toBe("context-overflow");
        expect(error.retryable).toBe(false);
      }
    });
  });
}
