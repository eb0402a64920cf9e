import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { parseText } from "../../../src/app/text/parse-text.ts";
import { OutsideText, Saying } from "../../../src/app/text/outside-text.tsx";
import { RichText } from "../../../src/app/text/rich-text.tsx";

const html = (text: string): string => renderToStaticMarkup(<RichText text={text} />);

/** The formulas of a text, in order, as their TeX. */
function formulas(text: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      if ("type" in value && value.type === "maths" && "tex" in value) found.push(String(value.tex));
      for (const [name, child] of Object.entries(value)) if (name !== "raw") visit(child);
    }
  };
  visit(parseText(text));
  return found;
}

describe("text of a model", () => {
  test("becomes paragraphs, emphasis, code, lists and tables", () => {
    const shown = html("A **bold** *word* and `code`.\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |");
    for (const part of ["<strong>bold</strong>", "<em>word</em>", "<code>code</code>", "<ol start=\"1\"><li>one</li>", "<td>2</td>"]) expect(shown).toContain(part);
  });

  test("keeps the signs of arithmetic: stars and tildes between words are no emphasis", () => {
    expect(html("3*4*5 = 60, (2)*(3)*(4), a~b~c")).toContain("3*4*5 = 60, (2)*(3)*(4), a~b~c");
  });

  test("takes a formula on lines of its own whole, whatever its lines look like", () => {
    expect(formulas("\\[\nx\n- y\n+ z\n\\]\n\n$$\nx\n=\n1. y\n$$\nafter")).toEqual(["x\n- y\n+ z", "x\n=\n1. y"]);
  });

  test("is never HTML: tags, scripts and entities show as they were written", () => {
    const shown = html("<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> & &lt;b&gt; <b>y</b>");
    expect(shown).not.toMatch(/<(script|img|b)\b/);
    expect(shown).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(shown).toContain("&amp;lt;b&amp;gt;");
  });

  test("loads nothing remote, and links only to https, with the host shown", () => {
    const shown = html("![pixel](https://tracker.example/p.png) [a](javascript:alert(1)) [b](http://plain.example) [c](https://safe.example/x)");
    expect(shown).not.toMatch(/<img|javascript:alert\(1\)"|href="http:/);
    expect(shown).toContain("href=\"https://safe.example/x\"");
    expect(shown).toContain("(safe.example)");
  });

  test("shows where a link leads, however it is written", () => {
    expect(html("[https://good.example/](https://evil.example/)")).toContain("(evil.example)");
    expect(html("<https://good.example@evil.example/>")).toContain("(evil.example)");
    expect(html("[](https://evil.example/x)")).toContain(">https://evil.example/x</a> (evil.example)");
    for (const link of ["data:text/html,x", "HTTP://plain.example", "//evil.example", "/base", "#run=x", "blob:https://a/b", "java\nscript:alert(1)"]) expect(html(`[a](${link})`), link).not.toContain("<a ");
  });

  test("is shown as it was written where nobody could have meant it: nesting without end, a word without end", () => {
    for (const text of [">".repeat(5000), "1. ".repeat(3000), `${"a".repeat(9000)}@`, "x*".repeat(7000), "[".repeat(400), "- ".repeat(500)]) {
      expect(html(text)).toBe(`<div class="rich-text"><p class="whitespace-pre-wrap">${text.replaceAll(">", "&gt;")}</p></div>`);
    }
    expect(html(`${"**a *b ".repeat(100)}${"* b** a".repeat(100)}`).match(/<em>/g)?.length ?? 0).toBeLessThan(60);
  });

  test("an answer of 10,000 characters is still text with formulas", () => {
    const shown = html("The result is $x^2$, again and again. ".repeat(260));
    expect(shown.length).toBeGreaterThan(9000);
    expect(shown).toContain("class=\"formula");
  });

  test("shows what would be unseen: control characters and marks that turn the order of reading; blank lines without end are few", () => {
    expect(html("a\u0000b\u001B[31m")).toContain("a\u2400b\u241B[31m");
    expect(html("pay \u202E12\u202C now \u2066x\u2069")).toContain("pay [U+202E]12[U+202C] now [U+2066]x[U+2069]");
    expect(html("\u05D0\u200F \u0661")).toContain("\u05D0\u200F \u0661");
    expect(html(`\`\`\`\nx${"\n \t\n".repeat(100_000)}y\n\`\`\``).length).toBeLessThan(200);
  });

  test("keeps its headings out of the page's outline", () => {
    expect(html("# Title\n\ntext")).not.toMatch(/<h\d/);
  });
});

describe("formulas", () => {
  test("are found in every form that models write", () => {
    expect(formulas("We get $x^2$ and \\(y\\), so \\[z = 1\\] and $$w$$.")).toEqual(["x^2", "y", "z = 1", "w"]);
  });

  test("are found over several lines", () => {
    expect(formulas("\\[\na = b \\\\\nc = d\n\\]")).toEqual(["a = b \\\\\nc = d"]);
  });

  test("are found in a boxed answer outside of any dollar signs, nested braces included", () => {
    expect(formulas("The result is \\boxed{48}.")).toEqual(["\\boxed{48}"]);
    expect(formulas("So \\boxed{\\frac{1}{2}} it is")).toEqual(["\\boxed{\\frac{1}{2}}"]);
  });

  test("are not found in prices, open ends or code", () => {
    expect(formulas("It costs $5 and then $10. A lone $ sign. `$x$` \\boxed{open")).toEqual([]);
  });

  test("take time in proportion to the text, however many delimiters are left open", () => {
    const time = (count: number): number => {
      const text = "\\boxed{ $a \\( ".repeat(count);
      const start = performance.now();
      parseText(text);
      return performance.now() - start;
    };
    time(50);
    const [small, large] = [time(200), time(1600)];
    // Eight times the text; quadratic would be 64 times the time.
    expect(large).toBeLessThan(Math.max(small, 2) * 40);
  });
});

describe("a name from outside", () => {
  test("is one isolated line, alone and within a sentence", () => {
    expect(renderToStaticMarkup(<OutsideText text={"Qwen\n\u202E<b>"} />)).toBe("<bdi>Qwen [U+202E]&lt;b&gt;</bdi>");
    expect(renderToStaticMarkup(<Saying say={(before = "", after = "") => `From ${before} to ${after}.`} names={["\uE001", "שלום 12"]} />)).toBe("From <bdi>\uE001</bdi> to <bdi>שלום 12</bdi>.");
  });
});
