import { readMetricsNames, readRecordings } from "../support/recording.ts";
import { differencesOf } from "./differences.ts";
import { inWords } from "./in-words.ts";

/** What changed from one folder of recordings to another, a sentence a line. @throws where a folder cannot be read */
export function compareFolders(before: string, after: string): readonly string[] {
  const [old, now] = [readRecordings(before), readRecordings(after)];
  const differences = [...old].flatMap(([name, recording]) => {
    const other = now.get(name);
    return other === undefined ? [] : differencesOf(name, recording, other);
  });
  const only = (left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>) => [...left.keys()].filter((name) => !right.has(name));
  const asked = [...old].filter(([name, { request }]) => now.has(name) && JSON.stringify(request) !== JSON.stringify(now.get(name)?.request)).map(([name]) => name);
  const [metrics, metricsNow] = [new Set(readMetricsNames(before)), new Set(readMetricsNames(after))];
  return [
    ...only(old, now).map((name) => `${name}: only in the first folder`),
    ...only(now, old).map((name) => `${name}: only in the second folder`),
    ...asked.map((name) => `${name}: the two folders hold answers to different requests`),
    ...inWords(differences),
    ...[...metrics].filter((name) => !metricsNow.has(name)).map((name) => `the metric ${name} is gone`),
    ...[...metricsNow].filter((name) => !metrics.has(name)).map((name) => `the metric ${name} is new`),
  ];
}
