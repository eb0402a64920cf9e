import type { Run, Step } from "../../reasoning/run.ts";

/** The run with the objects of the steps that are known already and say the same: such a step is not drawn anew. */
export function withKnownSteps(run: Run, known: Run | undefined): Run {
  if (known === undefined || known.header.id !== run.header.id) return run;
  const kept = new Map<Step, Step>();
  const keep = (steps: readonly Step[]): readonly Step[] => steps.map((step) => kept.get(step) ?? step);
  for (const [index, step] of run.steps.entries()) {
    const before = known.steps[index];
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(step)) kept.set(step, before);
  }
  // A step that branches share is one object in all of them.
  return { ...run, steps: keep(run.steps), branches: run.branches.map((branch) => ({ ...branch, steps: keep(branch.steps) })) };
}
