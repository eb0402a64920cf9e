import { useLayoutEffect, useRef } from "react";

const options = {
  // MathML needs no style sheet and no fonts, and screen readers read it.
  output: "mathml",
  trust: false,
  throwOnError: false,
  strict: "ignore",
  maxSize: 20,
  maxExpand: 200,
} as const;

type Katex = typeof import("katex").default;
let katex: Katex | undefined;

/** Starts loading KaTeX, so that it is there when the first formula is. */
export async function loadKatex(): Promise<Katex> {
  katex ??= (await import("katex")).default;
  return katex;
}

/** A formula. KaTeX builds its nodes itself; until it is loaded, and where it fails, the source is shown. */
export function Formula({ tex, display }: { readonly tex: string; readonly display: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    let gone = false;
    const draw = (loaded: Katex): void => {
      if (gone) return;
      try {
        loaded.render(tex, element, { ...options, displayMode: display });
      } catch {
        element.textContent = tex;
      }
    };
    if (katex !== undefined) draw(katex);
    else {
      element.textContent = tex;
      loadKatex().then(draw, () => undefined);
    }
    return () => { gone = true; };
  }, [tex, display]);
  return <span ref={place} className={display ? "formula formula-display" : "formula"} />;
}
