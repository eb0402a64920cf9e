import { useLayoutEffect, useRef } from "react";
import { drawFormula, type Katex } from "./draw-formula.ts";

let katex: Katex | undefined;

/** Starts loading KaTeX, so that it is there when the first formula is. */
export async function loadKatex(): Promise<Katex> {
  katex ??= (await import("katex")).default;
  return katex;
}

/** A formula in a line is not broken by the browser: a longer one scrolls by itself. */
const longest = 40;

/** A formula. KaTeX builds its nodes itself; until it is loaded, and where it fails, the source is shown. */
export function Formula({ tex, display }: { readonly tex: string; readonly display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    let gone = false;
    const draw = (loaded: Katex): void => {
      if (!gone) drawFormula(loaded, element, tex, display);
    };
    if (katex !== undefined) draw(katex);
    else {
      element.textContent = tex;
      loadKatex().then(draw, () => undefined);
    }
    return () => { gone = true; };
  }, [tex, display]);
  const shape = display ? "formula-display" : tex.length > longest ? "formula-long" : "";
  return <span ref={place} className={`formula ${shape}`} />;
}
