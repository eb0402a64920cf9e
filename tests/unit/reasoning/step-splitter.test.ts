import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStepSplitter, separatorAfter, stepEnd } from "../../../src/reasoning/step-splitter.ts";

/** Splits a text given in these pieces, one token a piece. */
function split(pieces: readonly string[], thinkingEnd?: string) {
  const splitter = createStepSplitter(thinkingEnd);
  const steps = pieces.flatMap((piece) => splitter.push(piece, 1));
  return { steps: steps.map(({ text, end }) => ({ text, end })), rest: splitter.text, tokens: steps.reduce((sum, { tokens }) => sum + tokens, splitter.tokens) };
}

const cutAt = (text: string, cuts: readonly number[]) => {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (text.length + 1)), text.length])].toSorted((one, other) => one - other);
  return places.slice(1).map((place, index) => text.slice(places[index], place));
};

describe("the step splitter", () => {
  test("ends a step at a blank line and keeps what follows", () => {
    expect(split(["First.\n\nSec"])).toMatchObject({ steps: [{ text: "First.", end: "blank-line" }], rest: "Sec" });
  });

  test("tells of each piece what belongs to which step, whatever the pieces", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("a", "bc", "\n", "\n\n", "d\n\ne", "\n\nf", "g\n\nh\n\ni")), (pieces) => {
      const splitter = createStepSplitter();
      const told = [""];
      const ended: string[] = [];
      let tokens = 0;
      for (const piece of pieces) {
        splitter.read(piece, 1, (text, count) => {
          told[told.length - 1] += text;
          tokens += count;
        }, ({ text }) => {
          ended.push(text);
          told.push("");
        });
      }
      // A line break that became part of a blank line may have been told already.
      expect(told.slice(0, -1).map((text, index) => text.slice(0, ended[index]?.length))).toEqual(ended);
      expect(told.at(-1)).toBe(splitter.text);
      expect(tokens).toBe(pieces.length);
    }));
  });

  test("takes blank lines before the first word as part of the step", () => {
    expect(split(["\n\n", "\n\nWord.", "\n", "\nmore"])).toMatchObject({ steps: [{ text: "\n\n\n\nWord.", end: "blank-line" }], rest: "more" });
  });

  test("ends the thinking at its tag, with or without a blank line before it, and leaves the answer alone", () => {
    expect(split(["One.\n\nTwo.</think>\n\nThe answer\n\nis 4."], "</think>")).toMatchObject({
      steps: [{ text: "One.", end: "blank-line" }, { text: "Two.", end: "end-of-thinking" }],
      rest: "\n\nThe answer\n\nis 4.",
    });
    expect(split(["One.\n\n</th", "ink>4"], "</think>")).toMatchObject({ steps: [{ text: "One." }, { text: "", end: "end-of-thinking" }], rest: "4" });
  });

  test("gives the same steps however the text is cut, and counts every token once", () => {
    const texts = fc.array(fc.constantFrom("a", "b.", "\n", "\n\n", " ", "</think>", "</thi", "boxed"), { maxLength: 20 }).map((parts) => parts.join(""));
    fc.assert(fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), (text, cuts) => {
      const pieces = cutAt(text, cuts);
      const { steps, rest, tokens } = split(pieces, "</think>");
      const whole = split([text], "</think>");
      expect({ steps, rest }).toEqual({ steps: whole.steps, rest: whole.rest });
      expect(tokens).toBe(pieces.length);
    }), { numRuns: 2000 });
  });

  test("tells a step cut by its cap from a finished one, and goes on in the middle of it", () => {
    expect(stepEnd({ kind: "length" })).toBe("cut");
    expect(stepEnd({ kind: "stop", stop: "\n\n" })).toBe("blank-line");
    expect(stepEnd({ kind: "stop", stop: "</think>" })).toBe("end-of-thinking");
    expect(stepEnd({ kind: "end-of-text" })).toBe("end-of-text");
    expect(separatorAfter("cut")).toBe("");
    expect(separatorAfter("blank-line")).toBe("\n\n");
  });
});
