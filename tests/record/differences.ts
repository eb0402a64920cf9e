import type { Recording } from "../support/recording.ts";
import { streamedData } from "../support/streamed-data.ts";
import { mergedStream, textsOf } from "./merged-stream.ts";

/** Where two answers to the same request differ. `was` is absent for what is new, `is` for what is gone. */
export type Difference = {
  readonly recording: string;
  /** "status", "headers.vary", "body.choices[0].text" */
  readonly place: string;
  readonly was?: unknown;
  readonly is?: unknown;
};

/** How far log-probabilities of likely tokens may lie apart: two machines round differently. */
const tolerance = 0.02;
/** The same for the probability of an unlikely one. */
const unlikelyTolerance = 0.0005;
const likely = -5;

/** Fields whose values belong to one server's process or one moment: their types are compared. */
const momentary = /^(id|created|system_fingerprint|cached_tokens|created_cache_tokens|id_slot|prompt_n|cache_n|tokens_cached|media_marker)$|_ms$|_per_second$|^t_|_time$/;

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** The same fields everywhere; the same values, but for what no two servers share, for sampled text, and for rounding. */
export function differencesOf(recording: string, before: Recording, after: Pick<Recording, "response">): Difference[] {
  const found: Difference[] = [];
  const tell = (place: string, was: unknown, is: unknown): void => {
    found.push({ recording, place, ...(was === undefined ? {} : { was }), ...(is === undefined ? {} : { is }) });
  };
  const asked = before.request.body;
  const sampled = !isObject(asked) || asked["temperature"] !== 0;

  const compare = (was: unknown, is: unknown, place: string): void => {
    if (was === undefined || is === undefined || typeOf(was) !== typeOf(is)) {
      if (was !== is) tell(place, was, is);
    } else if (Array.isArray(was) && Array.isArray(is)) {
      if (was.length !== is.length) tell(`${place}.length`, was.length, is.length);
      else for (const [index, value] of was.entries()) compare(value, is[index], `${place}[${index}]`);
    } else if (isObject(was) && isObject(is)) {
      for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) compareField(key, was[key], is[key], `${place}.${key}`);
    } else if (typeof was === "number" && typeof is === "number" && !(Number.isInteger(was) && Number.isInteger(is))) {
      if (Math.abs(was - is) >= tolerance) tell(place, was, is);
    } else if (was !== is) tell(place, was, is);
  };

  const compareField = (key: string, was: unknown, is: unknown, place: string): void => {
    const free = momentary.test(key) || (key === "text" && sampled);
    if (key === "top_logprobs" && Array.isArray(was) && Array.isArray(is)) compareDistributions(was, is, place);
    else if (!free || was === undefined || is === undefined || typeOf(was) !== typeOf(is)) compare(was, is, place);
  };

  const compareDistributions = (was: readonly unknown[], is: readonly unknown[], place: string): void => {
    // vLLM gives one record a token; llama.cpp, inside of one token, a list.
    if (!was.some(isCandidate)) {
      if (was.length !== is.length) return tell(`${place}.length`, was.length, is.length);
      for (const [index, one] of was.entries()) compareDistribution(logProbsOf(one), logProbsOf(is[index]), `${place}[${index}]`);
    } else compareDistribution(new Map(was.filter(isCandidate).map(byToken)), new Map(is.filter(isCandidate).map(byToken)), place);
  };
  const compareDistribution = (was: ReadonlyMap<string, number>, is: ReadonlyMap<string, number>, place: string): void => {
    if (was.size !== is.size) tell(`${place}.length`, was.size, is.size);
    for (const token of new Set([...was.keys(), ...is.keys()])) {
      const [a, b] = [was.get(token) ?? Number.NEGATIVE_INFINITY, is.get(token) ?? Number.NEGATIVE_INFINITY];
      const apart = Math.max(a, b) > likely ? Math.abs(a - b) >= tolerance : Math.abs(Math.exp(a) - Math.exp(b)) >= unlikelyTolerance;
      if (apart) tell(`${place}[${JSON.stringify(token)}]`, was.get(token), is.get(token));
    }
  };

  const compareStreams = (was: string, is: string): void => {
    const ends = (stream: string): boolean => stream.endsWith("data: [DONE]\n\n");
    if (ends(was) !== ends(is)) tell("body.[DONE]", ends(was), ends(is));
    const [events, others] = [was, is].map((stream) => streamedData(stream).map((data): unknown => JSON.parse(data)));
    if (events === undefined || others === undefined) return;
    // Which tokens share an event is the moment's: a busy server sends several at once.
    const cutOtherwise = textsOf(events).join("|") !== textsOf(others).join("|") && (sampled || textsOf(events).join("") === textsOf(others).join(""));
    if (cutOtherwise) compare(mergedStream(events), mergedStream(others), "body");
    else compare(events, others, "body");
  };

  const { response: old } = before;
  const { response: now } = after;
  if (old.status !== now.status) tell("status", old.status, now.status);
  compare(old.headers, now.headers, "headers");
  if (typeof old.body === "string" && typeof now.body === "string" && old.body.startsWith("data: ") && now.body.startsWith("data: ")) compareStreams(old.body, now.body);
  else compare(old.body, now.body, "body");
  return found;
}

type Candidate = { readonly token: string; readonly logprob: number };
const isCandidate = (value: unknown): value is Candidate => isObject(value) && typeof value["token"] === "string" && typeof value["logprob"] === "number";
const byToken = ({ token, logprob }: Candidate): readonly [string, number] => [token, logprob];
const logProbsOf = (value: unknown): ReadonlyMap<string, number> =>
  new Map(isObject(value) ? Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === "number") : []);
