import * as v from "valibot";
import { assumedPace, type Pace } from "../../reasoning/pacing.ts";
import { readStored, writeStored } from "../stored.ts";

const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const average = v.object({ value: amount, weight: amount });
const paceSchema = v.object({
  draftFirstToken: average,
  draftPerToken: average,
  draftStepTokens: average,
  scoreRequest: average,
  baseFirstToken: average,
  basePerToken: average,
  baseStepTokens: average,
  rejectedAfterAccepted: average,
  rejectedAfterRejected: average,
  sureFrom: v.pipe(v.number(), v.finite()),
  rejectedWhenSure: average,
  lastVerdict: v.picklist(["accepted", "rejected"]),
  roundTrip: v.exactOptional(amount),
  chainTokens: amount,
  extraTokens: v.pipe(v.number(), v.finite()),
});

const keyOf = (pair: string): string => `specreason.pace.${pair}`;

/** What was measured of a pair and its link in earlier runs; assumed where nothing was. */
export function readPace(pair: string): Pace {
  const parsed = v.safeParse(paceSchema, readStored(keyOf(pair)));
  return parsed.success ? parsed.output : assumedPace;
}

const latest = "specreason.latest-pair";

export function keepPace(pair: string, pace: Pace): void {
  writeStored(keyOf(pair), pace);
  if (readStored(latest) !== pair) writeStored(latest, pair);
}

/** Of the pair that ran last. */
export function readLatestPace(): Pace {
  const pair = readStored(latest);
  return typeof pair === "string" ? readPace(pair) : assumedPace;
}
