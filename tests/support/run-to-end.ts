import type { RunEvent } from "../../src/reasoning/events.ts";
import { defaultPolicy, type Policy } from "../../src/reasoning/policy.ts";
import { reason, type Reasoning } from "../../src/reasoning/reason.ts";
import { emptyRun, foldEvent, type Run, type RunHeader } from "../../src/reasoning/run.ts";

export const headerOf = (policy: Partial<Policy> = {}, problem = "How many?"): RunHeader => ({
  version: 1, id: "test", problem, createdAt: 0,
  draft: { id: "draft", name: "draft" }, base: { id: "base", name: "base" },
  policy: { ...defaultPolicy, ...policy },
});

/** Reads a run to its end and returns all that happened with the fold over it. */
export async function runToEnd(
  reasoning: Omit<Reasoning, "run" | "signal"> & { readonly run?: Run; readonly signal?: AbortSignal; readonly settings?: Partial<Policy> },
): Promise<{ readonly run: Run; readonly events: RunEvent[] }> {
  const { settings, run: before = emptyRun(headerOf(settings)), signal = new AbortController().signal, ...rest } = reasoning;
  const events: RunEvent[] = [];
  let run = before;
  for await (const event of reason({ ...rest, run, signal })) {
    events.push(event);
    run = foldEvent(run, event);
  }
  return { run, events };
}
