import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import type { Language } from "../../../src/app/words/use-words.ts";

const spoken = vi.hoisted((): { language: Language } => ({ language: "en" }));
vi.mock("../../../src/app/words/use-words.ts", async (original) => {
  const module = await original<typeof import("../../../src/app/words/use-words.ts")>();
  return { ...module, useLanguage: () => spoken.language, useWords: () => module.wordsOf(spoken.language) };
});

const modules = import.meta.glob<Record<string, unknown>>("../../../src/app/**/{*-words,words/use-words}.ts", { eager: true });

/** Every text of a feature's words by its path, functions called with plausible values. */
function texts(value: unknown, path = ""): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    // One that reads a whole object instead of values has a test of its own.
    try {
      return texts((value as (...values: readonly unknown[]) => unknown)(2, 3, 4, 5), path);
    } catch {
      return [];
    }
  }
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, child]) => texts(child, `${path}.${key}`)) : [];
}

const hooks = Object.entries(modules).flatMap(([file, module]) =>
  Object.entries(module).flatMap(([name, hook]) => (/^use\w*Words$/.test(name) && typeof hook === "function" ? [{ place: `${file.replace(/.*\//, "")} ${name}`, hook: hook as () => unknown }] : [])));

const said = (hook: () => unknown, language: Language): [string, string][] => {
  spoken.language = language;
  return texts(hook());
};

/** The same in both languages: names, symbols, units, numbers alone. */
const shared = /^(?:[^\p{L}]*|SpecReason Edge|Top p|llama\.cpp|WebLLM|vLLM|(?:[\w-]+\.)?(?:JSON|JSONL|CSV|Markdown|SVG|PNG|GSM8K|MATH-500|ROC|AUC|KV|URL|API|GPU|CPU)s?|\d+ ?(?:s|ms|×))$/u;

describe("the words of every feature", () => {
  test("are found", () => {
    expect(hooks.length).toBeGreaterThanOrEqual(13);
    for (const { place, hook } of hooks) expect(said(hook, "en").length, place).toBeGreaterThan(0);
  });

  test.each(hooks)("are complete in Chinese, and nothing is left in English but names: $place", ({ hook }) => {
    const english = new Map(said(hook, "en"));
    const chinese = said(hook, "zh");
    expect(chinese.map(([path]) => path).toSorted()).toEqual([...english.keys()].toSorted());
    expect(chinese.filter(([path, text]) => text === english.get(path) && !shared.test(text))).toEqual([]);
    // A text may be empty only where it is in English, too, or where the languages put a sentence together in another order.
    for (const [path, text] of chinese) if (!/end$/i.test(path) && english.get(path) !== "") expect(text, path).not.toBe("");
  });

  test("are where all that the page says comes from: no component has texts of its own", async () => {
    const out = await new Promise<string>((resolve) => {
      execFile("node_modules/.bin/oxlint", ["-c", "tests/support/literals.oxlintrc.json", "--format=json", "src/app"], { maxBuffer: 1e8 }, (_, text) => resolve(text));
    });
    const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly { readonly filename: string; readonly labels: readonly { readonly span: { readonly offset: number; readonly length: number } }[] }[] };
    const own: string[] = [];
    for (const { filename, labels: [label] } of diagnostics) {
      const source = await readFile(filename);
      const text = source.subarray(label?.span.offset, (label?.span.offset ?? 0) + (label?.span.length ?? 0)).toString("utf8").trim();
      // A language is named in itself, units are the same in both.
      if (/\p{L}{2}/u.test(text) && !["English", "中文"].includes(text)) own.push(`${filename}: ${text}`);
    }
    for (const file of (await readdir("src/app", { recursive: true })).filter((name) => name.endsWith(".tsx"))) {
      for (const [attribute, text] of (await readFile(`src/app/${file}`, "utf8")).matchAll(/\b(?:aria-label|aria-description|title|alt|placeholder|label|note)="([^"]*)"/g))
        if (/\p{L}{2,} \p{L}|^\p{Lu}\p{L}+$/u.test(text ?? "")) own.push(`${file}: ${attribute}`);
    }
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(own).toEqual([]);
  });
});
