import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeRunFile } from "../../../src/runs/run-file.ts";
import { readShareLink, writeShareLink } from "../../../src/runs/share-link.ts";
import { acceptedStep, headerOf } from "./scripted-run.ts";

const file = writeRunFile([{ header: headerOf("a", "三加五等于几?"), title: "t", updatedAt: 1, events: [0, 1, 2].flatMap((index) => acceptedStep(index)) }]);

describe("a share link", () => {
  test("holds a run in characters that any messenger leaves alone", async () => {
    const link = await writeShareLink(file);
    expect(link).toMatch(/^#run=[\w-]+$/);
    expect(link.length).toBeLessThan(file.length / 2);
    expect(await readShareLink(link)).toBe(file);
  });

  test("cut short anywhere, or with a character changed, is a clear error", async () => {
    const link = await writeShareLink(file);
    for (let length = "#run=".length; length < link.length; length += 1) {
      await expect(readShareLink(link.slice(0, length)), `${length} characters`).rejects.toMatchObject({ kind: "bad-link" });
    }
    await fc.assert(fc.asyncProperty(fc.nat(link.length - 6), fc.constantFrom("A", "z", "0", "9", "-", "_", ".", "%"), async (offset, character) => {
      const at = offset + 5;
      fc.pre(link[at] !== character);
      const changed = link.slice(0, at) + character + link.slice(at + 1);
      // The last character may have bits to spare.
      const read = await readShareLink(changed).catch((thrown: unknown) => thrown);
      if (typeof read === "string") expect(read).toBe(file);
      else expect(read).toMatchObject({ kind: "bad-link" });
    }), { numRuns: 200 });
  });

  test("is told from other fragments", async () => {
    for (const fragment of ["", "#", "#settings", "#ran=x"]) expect(await readShareLink(fragment)).toBeUndefined();
  });

  test("is refused for a run too long for it", async () => {
    const noise = Array.from({ length: 40_000 }, (_, index) => String.fromCharCode(33 + ((index * index * 7919) % 90))).join("");
    await expect(writeShareLink(JSON.stringify(noise + crypto.getRandomValues(new Uint32Array(9_000)).join("")))).rejects.toMatchObject({ kind: "too-large" });
  });

  test("that unpacks into far more than a run is refused before memory is", async () => {
    await expect(writeShareLink("a".repeat(9_000_000)).then(readShareLink)).rejects.toMatchObject({ kind: "bad-link" });
  });
});
