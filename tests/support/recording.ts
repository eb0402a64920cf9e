import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const headers = v.record(v.string(), v.string());
const recordingSchema = v.object({
  note: v.string(),
  request: v.object({ method: v.string(), path: v.string(), headers, body: v.unknown() }),
  /** A stream's body is its text, one `data: …` block for each event. */
  response: v.object({ status: v.number(), headers, body: v.unknown() }),
});

/** One request to a server and its raw answer; hosts, paths of the machine and keys are not in it. */
export type Recording = v.InferOutput<typeof recordingSchema>;

export const readRecording = (folder: string, name: string): Recording => v.parse(recordingSchema, JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));

/** By name, in alphabetical order. @throws where the folder is not there, or a file is no recording */
export function readRecordings(folder: string): ReadonlyMap<string, Recording> {
  const names = readdirSync(folder).filter((file) => file.endsWith(".json")).map((file) => file.replace(/\.json$/, "")).toSorted();
  return new Map(names.map((name) => [name, readRecording(folder, name)]));
}

export function writeRecording(folder: string, name: string, recording: Recording): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(recording, undefined, 1)}\n`);
}

const metricsFile = (folder: string): string => join(folder, "metrics-names.txt");

/** Names of the server's metrics, in alphabetical order; none where the server counts nothing. */
export function readMetricsNames(folder: string): readonly string[] {
  try {
    return readFileSync(metricsFile(folder), "utf8").split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

export function writeMetricsNames(folder: string, names: readonly string[]): void {
  writeFileSync(metricsFile(folder), `${names.join("\n")}\n`);
}

export type Setting = "open" | "closed" | "key" | "speculating";

/** How the server was started that a recording is of: open to the page's origin, to no origin, with a key, speculating token by token. */
export function settingOf(name: string): Setting {
  if (name.startsWith("cors-closed")) return "closed";
  if (name.startsWith("auth-") || name === "preflight-key") return "key";
  return name.startsWith("speculative-") ? "speculating" : "open";
}
