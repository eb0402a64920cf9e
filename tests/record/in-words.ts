import type { Difference } from "./differences.ts";

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
};

const named = (place: string): string =>
  place === "status" ? "the status"
    : place === "body" ? "the answer"
      : place.endsWith(".length") ? `the number of ${place.replace(/^body\./, "").replace(/\.length$/, "")}`
        : place.startsWith("headers.") ? `the header ${place.slice("headers.".length)}`
          : place.endsWith("message") ? "the message"
            : `the field ${place.replace(/^body\.?/, "")}`;

function sentence(place: string, { was, is }: Difference): string {
  if (was === undefined) return `${named(place)} is new: ${shown(is)}`;
  if (is === undefined) return `${named(place)} is gone; it was ${shown(was)}`;
  return `${named(place)} was ${shown(was)}, is ${shown(is)}`;
}

const list = (names: readonly string[]): string => (names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", "));

/** One line for each change, with the recordings it is seen in; the most widespread first. */
export function inWords(differences: readonly Difference[]): readonly string[] {
  const seen = new Map<string, { readonly said: string; readonly recordings: Set<string> }>();
  for (const difference of differences) {
    const place = difference.place.replaceAll(/\[\d+\]/g, "[]");
    const presence = difference.was === undefined || difference.is === undefined;
    // A field that came or went is one change, whatever its values.
    const change = presence ? `${place} ${difference.was === undefined ? "new" : "gone"}` : sentence(place, difference);
    const entry = seen.get(change) ?? { said: sentence(place, difference), recordings: new Set() };
    entry.recordings.add(difference.recording);
    seen.set(change, entry);
  }
  return [...seen.values()].toSorted((a, b) => b.recordings.size - a.recordings.size).map(({ said, recordings }) => `${list([...recordings])}: ${said}`);
}
