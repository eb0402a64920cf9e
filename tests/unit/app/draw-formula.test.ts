import katex from "katex";
import { describe, expect, test } from "vitest";
import { drawFormula } from "../../../src/app/text/draw-formula.ts";

/** The markup of what would stand on the page, without the source that MathML carries along; or the text where nothing was drawn. */
function drawn(tex: string): string {
  const element = { textContent: "" };
  let markup: string | undefined;
  const render: typeof katex.render = (source, _, options) => { markup = katex.renderToString(source, options); };
  drawFormula({ ...katex, render }, element as HTMLElement, tex, false);
  return markup?.replace(/<annotation.*<\/annotation>/s, "") ?? element.textContent;
}

describe("a formula", () => {
  test("is drawn as MathML", () => {
    expect(drawn("x^2")).toContain("<msup>");
  });

  test("that does not parse shows its source", () => {
    for (const tex of ["\\frac{1}{", "x^^2", "}", "\\begin{matrix} 1", "\\sqrt[", "\\def\\a{\\a\\a}\\a"]) expect(drawn(tex)).toBe(tex);
  });

  test("with a command nobody knows shows that command, and the rest drawn", () => {
    const shown = drawn("\\nosuch + \\frac{1}{2} + \\another{x}");
    expect(shown).toContain("<mfrac>");
    for (const command of ["nosuch", "another"]) expect(shown).toContain(command);
  });

  test.each(["\\pmb{x}", "\\fcolorbox{red}{blue}{x}", "\\let\\y=\\fcolorbox \\y{red}{blue}{x}", "\\htmlStyle{color:red}{x}", "\\textcolor{red}{x}", "\\boxed{x}", "\\nosuch", "\\frac{"])("needs no style attribute, which the page's policy refuses: %s", (tex) => {
    expect(drawn(tex)).not.toMatch(/ style=/);
  });

  test.each(["\\href{https://evil.example}{x}", "\\url{https://evil.example}", "\\includegraphics{https://evil.example/p.png}", "\\htmlClass{a}{x}", "\\htmlId{root}{x}", "\\htmlData{a=b}{x}"])("has no links, pictures or names of the page's: %s", (tex) => {
    expect(drawn(tex)).not.toMatch(/<(?:a|img)\b| (?:href|src|id|data-\w+)=| class="(?!katex")/);
  });
});
