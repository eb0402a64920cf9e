import type { KatexOptions, ParseError } from "katex";

export type Katex = typeof import("katex").default;

/** KaTeX sets both of these by a `style` attribute, which the page's policy refuses. */
const withoutStyles: Readonly<Record<string, string>> = { "\\pmb": "\\boldsymbol{#1}", "\\fcolorbox": "\\boxed{\\colorbox{#2}{#3}}" };

const options: KatexOptions = {
  // MathML needs no style sheet and no fonts, and screen readers read it.
  output: "mathml",
  trust: false,
  // KaTeX's own mark of an error has a `style` attribute, too.
  throwOnError: true,
  strict: "ignore",
  maxSize: 20,
  maxExpand: 200,
};

/** More unknown commands than this, and it is no formula. */
const mostUnknown = 8;

/** Draws a formula into the element, unknown commands as they are written; where it does not parse, its source. */
export function drawFormula(katex: Katex, element: HTMLElement, tex: string, display: boolean): void {
  const macros: Record<string, string> = { ...withoutStyles };
  for (let unknown = 0; unknown <= mostUnknown; unknown++) {
    try {
      katex.render(tex, element, { ...options, displayMode: display, macros: { ...macros } });
      return;
    } catch (error) {
      const command = error instanceof katex.ParseError ? unknownCommand(error) : undefined;
      if (command === undefined) break;
      macros[command] = `\\text{\\textbackslash ${command.slice(1)}}`;
    }
  }
  element.textContent = tex;
}

const unknownCommand = (error: ParseError): string | undefined => /Undefined control sequence: (\\[a-zA-Z]+)/.exec(error.message)?.[1];
