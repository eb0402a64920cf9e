import { hostname } from "node:os";
import * as v from "valibot";
import { send } from "../support/http-client.ts";
import { readRecordings, settingOf, type Setting, writeMetricsNames, writeRecording } from "../support/recording.ts";
import type { Secrets } from "./anonymous.ts";
import { ask } from "./ask.ts";

export type RecordOptions = {
  /** Without a path: the recorded ones hold "/v1". */
  readonly url: string;
  /** The folder whose requests are sent. */
  readonly requests: string;
  readonly folder: string;
  /** How this server was started: only its recordings are made. */
  readonly setting: Setting;
  readonly key?: string;
  readonly model?: string;
  readonly origin?: string;
  readonly say: (line: string) => void;
};

const listSchema = v.object({ data: v.pipe(v.array(v.object({ id: v.string() })), v.minLength(1)) });
const askedModelSchema = v.object({ model: v.string() });
const patience = 60_000;

/** The model most of the requests ask for; the others ask for one that is not there. */
function usualModel(bodies: readonly unknown[]): string | undefined {
  const counts = new Map<string, number>();
  for (const body of bodies) {
    const parsed = v.safeParse(askedModelSchema, body);
    if (parsed.success) counts.set(parsed.output.model, (counts.get(parsed.output.model) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

async function listedModel(url: string, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  const { text } = await send(`${url}/v1/models`, { headers });
  try {
    const listed = v.safeParse(listSchema, JSON.parse(text));
    return listed.success ? listed.output.data[0]?.id : undefined;
  } catch {
    return undefined;
  }
}

/** Names of the samples in a Prometheus text, without those of histograms' buckets and process's times of creation. */
export const metricsNames = (text: string): readonly string[] =>
  [...new Set(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.replace(/[{ ].*/, "")))]
    .filter((name) => /^\w+:/.test(name) && !/_(bucket|created)$/.test(name)).toSorted();

/** Records a server's answers, a file each. @returns how many @throws where nothing answers */
export async function recordServer({ url, requests, folder, setting, key, model, origin, say }: RecordOptions): Promise<number> {
  const all = readRecordings(requests);
  const mine = [...all].filter(([name]) => settingOf(name) === setting);
  const { host, hostname: name } = new URL(url);
  const secrets: Secrets = {
    hosts: [host, name, hostname()].filter((one) => one.length > 3),
    ...(key === undefined ? {} : { key }), ...(origin === undefined ? {} : { origin }),
  };
  const from = usualModel([...all.values()].map(({ request }) => request.body));
  const to = model ?? (await listedModel(url, key === undefined ? {} : { authorization: `Bearer ${key}` }));
  if (from !== undefined && to !== undefined && from !== to) say(`Asking for ${to}. Token ids in the requests are those of ${from}: scores by id mean nothing, their shape does.`);
  const common = { url, secrets, keyed: setting !== "key", ...(key === undefined ? {} : { key }), ...(origin === undefined ? {} : { origin }), ...(from === undefined || to === undefined ? {} : { model: { from, to } }) };

  // What can end the server comes last.
  const order = mine.toSorted(([, a], [, b]) => Number(/can end the engine/.test(a.note)) - Number(/can end the engine/.test(b.note)));
  let recorded = 0;
  for (const [each, { note, request }] of order) {
    const asking = { ...common, request };
    try {
      // Seen once, a prompt is in the prefix cache.
      if (/seen before/.test(note)) await ask({ ...asking, signal: AbortSignal.timeout(patience) });
      writeRecording(folder, each, { note, ...(await ask({ ...asking, signal: AbortSignal.timeout(patience) })) });
      recorded += 1;
    } catch (error) {
      if (recorded === 0) throw new Error(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      say(`${each} was not recorded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (setting === "open") {
    const { status, text } = await send(`${url}/metrics`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
    const names = status === 200 ? metricsNames(text) : [];
    if (names.length > 0) writeMetricsNames(folder, names);
  }
  return recorded;
}
