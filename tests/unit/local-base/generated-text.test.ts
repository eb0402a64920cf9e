import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatedText } from "../../../src/local-base/generated-text.ts";

const pieces = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 0, maxLength: 4 }), { maxLength: 12 });
const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\n"), minLength: 1, maxLength: 3 }), { maxLength: 4 });

describe("text watched for stop strings", () => {
  it("streams exactly the text before the stop, however it is cut into tokens", () => {
    fc.assert(
      fc.property(pieces, stops, (cut, list) => {
        const text = generatedText(list, false);
        let streamed = "";
        let stop: string | undefined;
        for (const [index, piece] of cut.entries()) {
          ({ stop } = text.append(piece));
          streamed += text.take(stop !== undefined || index === cut.length - 1);
          if (stop !== undefined) break;
        }
        expect(streamed).toBe(text.text);
        if (stop === undefined) {
          expect(text.text).toBe(cut.join(""));
          expect(list.some((one) => text.text.includes(one))).toBe(false);
        } else expect(cut.join("").startsWith(text.text + stop)).toBe(true);
      }),
    );
  });

  it("never shows a character that a stop later removes", () => {
    const text = generatedText(["\n\n"], false);
    text.append("One.\n");
    expect(text.take(false)).toBe("One.");
    expect(text.append("\nTwo").stop).toBe("\n\n");
    expect(text.take(true)).toBe("");
    expect(text.text).toBe("One.");
  });

  it("keeps the stop where that is asked for", () => {
    const text = generatedText(["\n\n"], true);
    text.append("One.\n\nTwo");
    expect(text.text).toBe("One.\n\n");
  });
});
