import * as v from "valibot";
import { finalAnswer } from "./answers/final-answer.ts";

export type Problem = { readonly id: string; readonly problem: string; readonly answer: string };
/** A line that holds no problem, from 1, and which of its fields are missing; none are named where it is no JSON. */
export type UnreadLine = { readonly line: number; readonly missing: readonly string[] };
export type DataSet = { readonly problems: readonly Problem[]; readonly unread: readonly UnreadLine[] };

const text = v.pipe(v.string(), v.trim(), v.minLength(1));
const number = v.pipe(v.number(), v.transform(String));
const lineSchema = v.object({
  id: v.optional(v.union([text, number])),
  unique_id: v.optional(text),
  problem: v.optional(text),
  question: v.optional(text),
  answer: v.optional(v.union([text, number])),
});

/** Lines of JSON with `problem` (or GSM8K's `question`), `answer` (after `####`, where that is there) and perhaps `id`. What cannot be read is told, the rest is kept. */
export function parseDataSet(jsonLines: string): DataSet {
  const problems: Problem[] = [];
  const unread: UnreadLine[] = [];
  const ids = new Set<string>();
  for (const [index, line] of jsonLines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const fields = parseLine(line);
    const problem = fields?.problem ?? fields?.question;
    const answer = fields?.answer;
    if (problem === undefined || answer === undefined) {
      unread.push({ line: index + 1, missing: fields === undefined ? [] : [...(problem === undefined ? ["problem"] : []), ...(answer === undefined ? ["answer"] : [])] });
      continue;
    }
    const wanted = fields?.question === undefined ? undefined : finalAnswer(answer);
    let id = fields?.id ?? fields?.unique_id ?? `line-${index + 1}`;
    if (ids.has(id)) id = `${id} (line ${index + 1})`;
    ids.add(id);
    problems.push({ id, problem, answer: wanted?.foundBy === "hashes" ? wanted.text : answer });
  }
  return { problems, unread };
}

function parseLine(line: string): v.InferOutput<typeof lineSchema> | undefined {
  try {
    const parsed = v.safeParse(lineSchema, JSON.parse(line));
    // One field of a wrong type is that field missing, not the whole line.
    return parsed.success ? parsed.output : partOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function partOf(value: unknown): v.InferOutput<typeof lineSchema> | undefined {
  const object = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!object.success) return undefined;
  const kept = Object.entries(lineSchema.entries).flatMap(([name, schema]) => {
    const field = v.safeParse(schema, object.output[name]);
    return field.success && field.output !== undefined ? [[name, field.output]] : [];
  });
  const part = v.safeParse(lineSchema, Object.fromEntries(kept));
  return part.success ? part.output : undefined;
}
