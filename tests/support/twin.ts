import { type MeantDifference, meantDifferences, notClaimed } from "../../src/local-base/not-claimed.ts";
import { type Difference, differencesOf } from "../record/differences.ts";
import type { Recording } from "./recording.ts";

const means = ({ recordings, place }: MeantDifference, difference: Difference): boolean => place.test(difference.place) && (recordings?.test(difference.recording) ?? true);

/** What the local base answers otherwise than vLLM did, without the differences that are meant. `met` takes those that were seen. */
export function unmeantDifferences(name: string, theirs: Recording, ours: Pick<Recording, "response">, met: Set<MeantDifference>): readonly Difference[] {
  return differencesOf(name, theirs, ours).filter((difference) => {
    const meant = meantDifferences.find((one) => means(one, difference));
    if (meant !== undefined) met.add(meant);
    return meant === undefined;
  });
}

export const isClaimed = (name: string): boolean => !Object.hasOwn(notClaimed, name);
