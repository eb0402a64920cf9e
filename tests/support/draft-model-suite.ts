import type { DraftModel } from "../../src/models/draft-model.ts";
import type { Ended, GenerationPart, GenerationRequest, TokenSignal, Usage } from "../../src/models/generation.ts";
import { ModelError } from "../../src/models/model-error.ts";

/** What the suite needs of an implementation. */
export type DraftModelSubject = {
  /** A new model with an empty KV cache. */
  readonly open: () => Promise<DraftModel>;
  /** Greedily continued with at least two steps, each ended by a blank line, and then the end of the text within 200 tokens. */
  readonly prompt: string;
  /** A step as somebody else might have written it, without its blank line. */
  readonly correction: string;
  /** Longer than the model's context. */
  readonly overlongPrompt: string;
};

/** The acceptance suite of DraftModel: the same cases run under Vitest and inside a page. */
export type DraftModelCase = { readonly title: string; readonly check: (subject: DraftModelSubject) => Promise<void> };

type Generated = {
  readonly text: string;
  readonly parts: readonly GenerationPart[];
  readonly signals: readonly TokenSignal[];
  readonly ended: Ended;
  readonly usage: Usage;
};

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const same = (actual: unknown, expected: unknown, what: string) =>
  expect(JSON.stringify(actual) === JSON.stringify(expected), `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);

const greedy = (prompt: string, more: Partial<GenerationRequest> = {}): GenerationRequest => ({
  prompt, maxTokens: 200, stop: [], temperature: 0, topP: 1, signal: new AbortController().signal, ...more,
});

async function generate(model: DraftModel, request: GenerationRequest): Promise<Generated> {
  const parts: GenerationPart[] = [];
  for await (const part of model.generate(request)) parts.push(part);
  const last = parts.at(-1);
  expect(last?.kind === "end", "the last part is the end");
  expect(parts.filter((part) => part.kind === "end").length === 1, "there is one end");
  const texts = parts.filter((part) => part.kind === "text");
  return {
    parts, ended: last.ended, usage: last.usage,
    text: texts.map((part) => part.text).join(""),
    signals: texts.flatMap((part) => part.signals ?? []),
  };
}

async function failureOf(work: Promise<unknown>): Promise<ModelError> {
  try {
    await work;
  } catch (error) {
    expect(error instanceof ModelError, `a ModelError is thrown, not ${String(error)}`);
    return error;
  }
  throw new Error("nothing was thrown");
}

async function withModel(subject: DraftModelSubject, work: (model: DraftModel) => Promise<void>): Promise<void> {
  const model = await subject.open();
  try {
    await work(model);
  } finally {
    await model.close();
  }
}

const prefilled = (usage: Usage) => usage.promptTokens - (usage.cachedTokens ?? 0);

export const draftModelSuite: readonly DraftModelCase[] = [
  {
    title: "continues a prompt to the blank line and says that it stopped there",
    check: (subject) => withModel(subject, async (model) => {
      const step = await generate(model, greedy(subject.prompt, { stop: ["\n\n", "</think>"] }));
      same(step.ended, { kind: "stop", stop: "\n\n" }, "ended");
      expect(step.text !== "" && !step.text.includes("\n\n"), `the blank line is not part of the text: ${JSON.stringify(step.text)}`);
      expect(step.usage.promptTokens > 0 && step.usage.generatedTokens > 0, "tokens are counted");
    }),
  },
  {
    title: "says that the text ended",
    check: (subject) => withModel(subject, async (model) => {
      const all = await generate(model, greedy(subject.prompt));
      same(all.ended, { kind: "end-of-text" }, "ended");
      expect(all.text.split("\n\n").length > 2, `there are several steps: ${JSON.stringify(all.text)}`);
    }),
  },
  {
    title: "stops at the cap, and counts exactly",
    check: (subject) => withModel(subject, async (model) => {
      const cut = await generate(model, greedy(subject.prompt, { maxTokens: 3 }));
      same(cut.ended, { kind: "length" }, "ended");
      same(cut.usage.generatedTokens, 3, "generated tokens");
      same(cut.parts.reduce((sum, part) => sum + (part.kind === "text" ? part.tokens : 0), 0), 3, "tokens of the parts");
      const one = await generate(model, greedy(subject.prompt, { maxTokens: 1 }));
      same([one.ended.kind, one.usage.generatedTokens], ["length", 1], "one token");
    }),
  },
  {
    title: "removes the stop text, wherever in the tokens it lies",
    check: (subject) => withModel(subject, async (model) => {
      const { text } = await generate(model, greedy(subject.prompt));
      for (const [from, to] of [[0, 3], [4, 9], [7, 8], [10, 24]] as const) {
        const stop = text.slice(from, to);
        const stopped = await generate(model, greedy(subject.prompt, { stop: ["never written", stop] }));
        same(stopped.ended, { kind: "stop", stop }, "ended");
        same(stopped.text, text.slice(0, text.indexOf(stop)), `text before ${JSON.stringify(stop)}`);
      }
    }),
  },
  {
    title: "gives back what it held for a stop text that never came",
    check: (subject) => withModel(subject, async (model) => {
      const all = await generate(model, greedy(subject.prompt));
      const atEnd = await generate(model, greedy(subject.prompt, { stop: [`${all.text.slice(-4)}never`] }));
      same([atEnd.text, atEnd.ended], [all.text, all.ended], "at the end of the text");
      const cap = await generate(model, greedy(subject.prompt, { maxTokens: 6 }));
      const atCap = await generate(model, greedy(subject.prompt, { maxTokens: 6, stop: [`${cap.text.slice(-3)}never`] }));
      same([atCap.text, atCap.ended], [cap.text, cap.ended], "at the cap");
    }),
  },
  {
    title: "prefills only what is new over a run of steps, own and foreign ones",
    check: (subject) => withModel(subject, async (model) => {
      let prompt = subject.prompt;
      let known = 0;
      let fresh = 0;
      let filled = 0;
      for (let call = 1; call <= 8; call++) {
        const step = await generate(model, greedy(prompt, { stop: ["\n\n"], maxTokens: 40 }));
        filled += prefilled(step.usage);
        fresh += Math.max(0, step.usage.promptTokens - known);
        expect(filled <= 1.05 * fresh + call, `${filled} tokens prefilled for ${fresh} new ones in ${call} calls`);
        // What it wrote itself is in the cache; a correction takes the place of what it wrote.
        const foreign = call % 3 === 0;
        known = step.usage.promptTokens + (foreign ? 0 : step.usage.generatedTokens);
        prompt += `${foreign ? subject.correction : step.text}\n\n`;
      }
      expect(fresh > 0 && filled > 0, "something was prefilled");
    }),
  },
  {
    title: "writes after a rollback what a fresh model writes",
    check: (subject) => withModel(subject, async (model) => {
      const first = await generate(model, greedy(subject.prompt, { stop: ["\n\n"] }));
      const deeper = `${subject.prompt}${first.text}\n\n`;
      await generate(model, greedy(deeper, { maxTokens: 30 }));
      const corrected = `${subject.prompt}${subject.correction}\n\n`;
      await generate(model, greedy(`${corrected}${subject.correction}\n\n`, { maxTokens: 20 }));
      for (const prompt of [corrected, subject.prompt, deeper]) {
        const again = await generate(model, greedy(prompt));
        await withModel(subject, async (fresh) => {
          const reference = await generate(fresh, greedy(prompt));
          same([again.text, again.ended], [reference.text, reference.ended], "text");
          expect(prefilled(again.usage) < reference.usage.promptTokens, "the rollback kept the common prefix");
        });
      }
    }),
  },
  {
    title: "writes the same for the same seed, whatever it wrote before",
    check: (subject) => withModel(subject, async (model) => {
      const sampled = (seed: number) => greedy(subject.prompt, { temperature: 1, topP: 0.95, seed, maxTokens: 40 });
      const first = await generate(model, sampled(5));
      await generate(model, greedy(`${subject.prompt}${subject.correction}\n\n`, { temperature: 1, seed: 9, maxTokens: 17 }));
      const second = await generate(model, sampled(5));
      same(second.text, first.text, "text of the same seed");
      const others = new Set<string>();
      for (let seed = 0; seed < 12; seed++) others.add((await generate(model, sampled(seed))).text);
      expect(others.size > 1, "other seeds write other texts");
    }),
  },
  {
    title: "can be aborted in the middle, and the next call is sound",
    check: (subject) => withModel(subject, async (model) => {
      const before = await generate(model, greedy(subject.prompt));
      const stop = new AbortController();
      let heard = 0;
      const failure = await failureOf((async () => {
        for await (const part of model.generate(greedy(subject.prompt, { signal: stop.signal }))) {
          if (part.kind === "text") heard += part.tokens;
          if (heard >= 2) stop.abort();
        }
      })());
      same(failure.kind, "aborted", "failure");
      expect(heard < before.usage.generatedTokens, `it stopped early, after ${heard} tokens`);
      const after = await generate(model, greedy(subject.prompt));
      same([after.text, after.ended], [before.text, before.ended], "text after the abort");
    }),
  },
  {
    title: "does nothing for a call aborted before its turn",
    check: (subject) => withModel(subject, async (model) => {
      same((await failureOf(generate(model, greedy(subject.prompt, { signal: AbortSignal.abort() })))).kind, "aborted", "aborted at once");
      const first = generate(model, greedy(subject.prompt));
      const stop = new AbortController();
      const second = failureOf(generate(model, greedy(subject.prompt, { signal: stop.signal })));
      const third = generate(model, greedy(subject.prompt, { stop: ["\n\n"] }));
      stop.abort();
      const [before, failure, after] = await Promise.all([first, second, third]);
      same(failure.kind, "aborted", "aborted in the queue");
      same(before.ended.kind, "end-of-text", "the call before it");
      same(after.ended.kind, "stop", "the call after it");
    }),
  },
  {
    title: "is at rest again after a caller that stopped listening",
    check: (subject) => withModel(subject, async (model) => {
      for await (const part of model.generate(greedy(subject.prompt))) if (part.kind === "text") break;
      const step = await generate(model, greedy(subject.prompt, { stop: ["\n\n"] }));
      same(step.ended, { kind: "stop", stop: "\n\n" }, "ended");
    }),
  },
  {
    title: "runs one call at a time, in order",
    check: (subject) => withModel(subject, async (model) => {
      const alone = await generate(model, greedy(subject.prompt));
      const order: string[] = [];
      const call = async (name: string) => {
        let text = "";
        for await (const part of model.generate(greedy(subject.prompt))) {
          order.push(name);
          if (part.kind === "text") text += part.text;
        }
        return text;
      };
      const texts = await Promise.all([call("first"), call("second"), call("third")]);
      same(texts, [alone.text, alone.text, alone.text], "texts");
      same(order, order.toSorted((a, b) => ["first", "second", "third"].indexOf(a) - ["first", "second", "third"].indexOf(b)), "order of the parts");
    }),
  },
  {
    title: "tells the log-probability of what it chose, at temperature 1",
    check: (subject) => withModel(subject, async (model) => {
      const all = await generate(model, greedy(subject.prompt, { maxTokens: 20 }));
      expect(all.signals.length > 0, "there are signals");
      expect(all.signals.length <= all.usage.generatedTokens, "at most one for each token");
      for (const { logProb, entropy } of all.signals) {
        expect(Number.isFinite(logProb) && logProb <= 0, `a log-probability is at most 0: ${logProb}`);
        expect(entropy === undefined || (entropy >= 0 && entropy < 10), `an entropy is not negative: ${entropy}`);
      }
      const first = all.signals[0];
      expect(first !== undefined, "the first token has a signal");
      let compared = 0;
      for (let seed = 0; seed < 20 && compared < 3; seed++) {
        const hot = await generate(model, greedy(subject.prompt, { temperature: 1.5, seed, maxTokens: 1 }));
        const signal = hot.signals[0];
        if (signal === undefined || !all.text.startsWith(hot.text) || hot.text === "") continue;
        compared += 1;
        expect(Math.abs(signal.logProb - first.logProb) < 0.01, `temperature does not change it: ${signal.logProb}, ${first.logProb}`);
      }
      expect(compared > 0, "the likeliest token was sampled at least once");
    }),
  },
  {
    title: "ends every prompt, however odd",
    check: (subject) => withModel(subject, async (model) => {
      for (let seed = 0; seed < 6; seed++) {
        const odd = await generate(model, greedy(`${subject.prompt}héllo 世界 😀 \u0000\uFFFD ${"?".repeat(seed)}`, { temperature: 1.5, seed, maxTokens: 60 }));
        expect(odd.usage.generatedTokens <= 60, `at most the cap: ${odd.usage.generatedTokens}`);
        expect(!odd.text.includes("\uFFFD"), `no broken characters: ${JSON.stringify(odd.text)}`);
      }
      same((await generate(model, greedy(subject.prompt, { stop: ["\n\n"] }))).ended.kind, "stop", "the next call");
    }),
  },
  {
    title: "refuses a prompt longer than its context, and goes on with the next",
    check: (subject) => withModel(subject, async (model) => {
      same((await failureOf(generate(model, greedy(subject.overlongPrompt)))).kind, "context-overflow", "failure");
      same((await generate(model, greedy(subject.prompt, { stop: ["\n\n"] }))).ended.kind, "stop", "the next call");
    }),
  },
  {
    title: "aborts what is in flight and waiting when it is closed",
    check: async (subject) => {
      const model = await subject.open();
      const first = failureOf((async () => {
        for await (const part of model.generate(greedy(subject.prompt))) if (part.kind === "text") void model.close();
      })());
      const second = failureOf(generate(model, greedy(subject.prompt)));
      const failures = await Promise.all([first, second]);
      same(failures.map(({ kind }) => kind), ["aborted", "aborted"], "failures");
      same((await failureOf(generate(model, greedy(subject.prompt)))).kind, "aborted", "a call after closing");
      await model.close();
    },
  },
];
