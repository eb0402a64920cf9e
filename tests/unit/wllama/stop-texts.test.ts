import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStopTexts } from "../../../src/models/stop-texts.ts";

/** What a stream of pieces amounts to, piece by piece, up to the stop text. */
function read(pieces: readonly string[], stops: readonly string[]) {
  const found = createStopTexts(stops);
  const given: string[] = [];
  for (const piece of pieces) {
    const { text, stop } = found.push(piece);
    given.push(text);
    if (stop !== undefined) return { text: given.join(""), given, stop };
  }
  const rest = found.rest();
  return { text: given.join("") + rest, given, rest };
}

describe("a stop text", () => {
  it("is found across pieces, and nothing of it was given away", () => {
    expect(read(["a.", "\n", "\n", "b"], ["\n\n"])).toMatchObject({ text: "a.", stop: "\n\n" });
  });

  it("is the earliest one, and of several at one place the longest", () => {
    expect(read(["one STOP two END"], ["END", "STOP"])).toMatchObject({ text: "one ", stop: "STOP" });
    expect(read(["a</think>\n"], ["</think>", "</think>\n"])).toMatchObject({ text: "a", stop: "</think>\n" });
  });

  it("that never comes gives back what was held for it, and holds no more than could become one", () => {
    expect(read(["a", "\n", "b", "\n"], ["\n\n"])).toEqual({ text: "a\nb\n", given: ["a", "", "\nb", ""], rest: "\n" });
  });

  it("that is empty stops nothing", () => {
    expect(read(["abc"], [""])).toMatchObject({ text: "abc", rest: "" });
  });

  it("that lies inside another one ends the text when it is complete, for nothing is known of what comes", () => {
    expect(read(["ab", "a"], ["aba", "b"])).toMatchObject({ text: "a", stop: "b" });
  });

  it("is found at the same place however the text is cut, where none lies inside another", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 0, maxLength: 24 });
    const stop = fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1, maxLength: 4 });
    fc.assert(fc.property(fc.array(letters, { maxLength: 8 }), fc.uniqueArray(stop, { minLength: 1, maxLength: 3 }), (pieces, stops) => {
      fc.pre(stops.every((one) => stops.every((other) => one === other || !one.includes(other))));
      const all = pieces.join("");
      const places = stops.map((one) => all.indexOf(one)).filter((at) => at !== -1);
      const { text } = read(pieces, stops);
      const first = places.length === 0 ? all.length : Math.min(...places);
      expect(all.startsWith(text)).toBe(true);
      expect(text.length).toBe(first);
    }), { numRuns: 2000 });
  });
});
