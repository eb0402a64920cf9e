import * as v from "valibot";
import { isPassing, type RunEvent } from "../reasoning/events.ts";
import type { RunHeader } from "../reasoning/run.ts";
import { titleOf } from "./title.ts";
import { repairEvent, repairHeader, type Repair } from "./repair.ts";
import { moment } from "./run-schema.ts";
import { RunsError } from "./runs-error.ts";

/** A run as a file holds it: problem, models and policy in the header, every event with its time (`at`, seconds of the run's clock). */
export type FiledRun = {
  readonly header: RunHeader;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly events: readonly RunEvent[];
};

const format = "specreason-runs";
const fileVersion = 1;

/** The text of a run file. A key never gets into a run; addresses are cleaned of what might be one all the same. */
export function writeRunFile(runs: readonly FiledRun[]): string {
  return JSON.stringify({ format, version: fileVersion, runs: runs.map(withoutSecrets) });
}

const fileSchema = v.object({ format: v.literal(format), version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), runs: v.array(v.unknown()) });
const filedSchema = v.object({
  header: v.record(v.string(), v.unknown()),
  title: v.fallback(v.string(), ""),
  updatedAt: v.fallback(moment, 0),
  events: v.optional(v.unknown()),
});

export type RunFile = { readonly runs: readonly FiledRun[]; readonly problems: readonly Repair[] };

/** One run of a file, none where it could not be read, and what was wrong with it. */
export type FiledPart = { readonly run?: FiledRun; readonly problems: readonly Repair[] };

/**
 * Reads a run file, also one made or changed by hand: wrong fields are mended or left out, each named by its path.
 * @param newId names a run whose own id cannot be read.
 * @throws RunsError `bad-run-file` where nothing can be read.
 */
export function readRunFile(text: string, newId: () => string): RunFile {
  const parts = [...partsOfFile(text, newId)];
  return { runs: parts.flatMap(({ run }) => run ?? []), problems: parts.flatMap(({ problems }) => problems) };
}

/** The same, each run only when it is asked for: a file may hold hundreds. */
export function partsOfFile(text: string, newId: () => string): Iterable<FiledPart> {
  const file = v.safeParse(fileSchema, parseJson(text));
  if (!file.success) {
    const where = v.getDotPath(file.issues[0]) ?? "file";
    throw new RunsError("bad-run-file", `This is not a file of runs (${where}: ${file.issues[0].message}). Nothing was imported.`);
  }
  if (file.output.version > fileVersion) {
    throw new RunsError("bad-run-file", "This file was exported by a newer version of the app. Nothing was imported; reload the page to get that version.");
  }
  return readParts(file.output.runs, newId);
}

function* readParts(runs: readonly unknown[], newId: () => string): Iterable<FiledPart> {
  for (const [index, run] of runs.entries()) yield readPart(run, `runs[${index}]`, newId);
}

function readPart(value: unknown, path: string, newId: () => string): FiledPart {
  const filed = v.safeParse(filedSchema, value);
  if (!filed.success) return { problems: [{ path, message: `${filed.issues[0].message}; the run is left out` }] };
  const { header, repairs } = readHeader(filed.output.header, `${path}.header`, newId);
  const problems = [...repairs];
  const events = readEvents(filed.output.events, `${path}.events`, problems);
  const title = filed.output.title.trim() === "" ? titleOf(header.problem) : filed.output.title;
  return { run: { header, title, updatedAt: filed.output.updatedAt, events }, problems };
}

function readHeader(value: Record<string, unknown>, path: string, newId: () => string): { readonly header: RunHeader; readonly repairs: readonly Repair[] } {
  const { value: header, repairs } = repairHeader(value, path, newId());
  return { header, repairs };
}

function readEvents(value: unknown, path: string, problems: Repair[]): RunEvent[] {
  if (!Array.isArray(value)) {
    problems.push({ path, message: "Expected an array of events; the run is imported without any" });
    return [];
  }
  const events: RunEvent[] = [];
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const { value: event, repairs } = repairEvent(item, `${path}[${index}]`, events.at(-1)?.at ?? 0);
    problems.push(...repairs);
    if (event !== undefined && !isPassing(event)) events.push(event);
  }
  return events;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new RunsError("bad-run-file", "This file is no JSON, or it is cut short. Nothing was imported.", thrown);
  }
}

function withoutSecrets(run: FiledRun): FiledRun {
  const { draft, base } = run.header;
  return {
    ...run,
    header: { ...run.header, draft: { id: cleaned(draft.id), name: cleaned(draft.name) }, base: { id: cleaned(base.id), name: cleaned(base.name) } },
    events: run.events.map((event) =>
      "failure" in event ? { ...event, failure: { ...event.failure, message: cleaned(event.failure.message) } } : event),
  };
}

/** `https://user:password@host/?api_key=…` keeps only scheme, host and the names. */
const cleaned = (text: string): string => text
  .replaceAll(/(?<=\/\/)[^/\s@]*@/g, "")
  .replaceAll(/(?<=[?&][\w-]*(?:key|token|secret|password|auth)[\w-]*=)[^&\s]*/gi, "");
