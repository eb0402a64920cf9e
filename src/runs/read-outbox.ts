import { Dexie } from "dexie";
import * as v from "valibot";
import type { WaitingStep } from "./waiting-step.ts";
import { parseProgress } from "./read-run.ts";
import type { RunDatabase } from "./run-database.ts";

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const waitingSchema = v.object({
  run: v.string(), step: whole, index: whole, prefix: v.string(), base: v.string(),
  scored: v.boolean(), score: v.exactOptional(v.number()), rejected: v.exactOptional(v.literal(true)),
});

/** A run whose base model is to judge some of its steps. */
export type WaitingRun = {
  readonly run: string;
  readonly base: string;
  /** In the order of the transcript. */
  readonly steps: readonly WaitingStep[];
  /** One of them was rejected, so that the run waits for somebody's decision and not for its base model. */
  readonly rejected: boolean;
};

/** The outbox as stored, without removed runs, least recently changed run first. */
export async function readWaiting(database: RunDatabase, base?: string): Promise<readonly WaitingRun[]> {
  const rows = await (base === undefined
    ? database.outbox.toArray()
    : database.outbox.where("[base+run]").between([base, Dexie.minKey], [base, Dexie.maxKey]).toArray());
  const runs = new Map<string, WaitingStep[]>();
  for (const row of rows) {
    const parsed = v.safeParse(waitingSchema, row);
    if (!parsed.success) continue;
    const key = JSON.stringify([parsed.output.run, parsed.output.base]);
    const steps = runs.get(key);
    if (steps === undefined) runs.set(key, [parsed.output]);
    else steps.push(parsed.output);
  }
  const grouped = [...runs.values()].flatMap((steps): WaitingRun[] => {
    const first = steps[0];
    return first === undefined ? [] : [{ run: first.run, base: first.base, steps: steps.toSorted((a, b) => a.index - b.index), rejected: steps.some(({ rejected }) => rejected === true) }];
  });
  const progress = (await database.progress.bulkGet(grouped.map(({ run }) => run))).map(parseProgress);
  return grouped
    .flatMap((run, index) => (progress[index]?.shelf === "kept" ? [{ run, updatedAt: progress[index].updatedAt }] : []))
    .toSorted((a, b) => a.updatedAt - b.updatedAt)
    .map(({ run }) => run);
}
