import type { Run } from "../../reasoning/run.ts";

/** The ways a problem is solved side by side, the draft model's first: the page has something to show soon. */
export const comparedModes = ["draft", "base", "sync", "auto"] as const;
export type ComparedMode = (typeof comparedModes)[number];

export type StepRow = { readonly texts: readonly (string | undefined)[]; readonly alike: boolean };

/** The steps of several runs side by side by their place; `alike` where all have the same words there. */
export function stepsSideBySide(runs: readonly Run[]): readonly StepRow[] {
  const length = Math.max(0, ...runs.map(({ steps }) => steps.length));
  return Array.from({ length }, (_, index) => {
    const texts = runs.map(({ steps }) => steps[index]?.text.trim());
    return { texts, alike: texts.every((text) => text !== undefined && text === texts[0]) };
  });
}

/** How many steps all runs share from the start. */
export function sharedSteps(rows: readonly StepRow[]): number {
  const first = rows.findIndex(({ alike }) => !alike);
  return first === -1 ? rows.length : first;
}
