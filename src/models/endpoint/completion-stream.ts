import { createParser } from "eventsource-parser";
import * as v from "valibot";
import type { Ended, GenerationPart, Usage } from "../generation.ts";
import { ModelError } from "../model-error.ts";
import { endedOf } from "./ended.ts";
import { errorInStream, notTheProtocol } from "./endpoint-error.ts";
import { completionSchema } from "./schemas.ts";
import type { Answer } from "./transport.ts";
import { usageOf } from "./usage-of.ts";

/** A single event of a completion is far smaller. */
const longestEvent = 4_000_000;
/** Seconds the rest of a finished answer may take; reading it lets the connection be used again. */
const longestRest = 1;

/**
 * The parts of a streamed completion; how the bytes were split on the way makes no difference.
 * Leaving it early ends the request.
 * @throws ModelError for an error inside the stream, a stream cut short, silence, and what is no such stream
 */
export async function* completionStream(
  answer: Answer,
  { stops, idleSeconds, firstSeconds, apiKey }: { readonly stops: readonly string[]; readonly idleSeconds: number; readonly firstSeconds: number; readonly apiKey?: string | undefined },
): AsyncGenerator<GenerationPart, void> {
  const { response } = answer;
  let over = false;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    if (!/^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "")) throw await notAStream(answer, firstSeconds, apiKey);
    reader = response.body?.getReader();
    if (reader === undefined) throw notTheProtocol("", response.status);
    const events: string[] = [];
    let broken = false;
    const parser = createParser({
      maxBufferSize: longestEvent,
      onEvent: ({ data }) => events.push(data),
      onError: ({ type }) => {
        broken ||= type === "max-buffer-size-exceeded";
      },
    });
    const decoder = new TextDecoder();
    let ended: Ended | undefined;
    let usage: Usage | undefined;
    let written = 0;
    let given = 0;
    let seconds = firstSeconds;

    while (!over) {
      const { done, value } = await answer.read(reader.read(), seconds);
      seconds = idleSeconds;
      parser.feed(decoder.decode(value, { stream: !done }));
      if (broken) throw notTheProtocol("", response.status);
      for (const data of events.splice(0)) {
        if (data === "[DONE]") {
          over = true;
          break;
        }
        const chunk = parsed(data, response.status, apiKey);
        const choice = chunk.choices[0];
        if (chunk.usage !== null && chunk.usage !== undefined) {
          usage = usageOf(chunk.usage);
          written = Math.max(written, usage.generatedTokens);
        } else if (choice !== undefined && choice.text !== "") written += 1;
        if (choice === undefined) continue;
        ended ??= endedOf(choice, chunk.verbose, stops);
        if (choice.text === "") continue;
        yield { kind: "text", text: choice.text, tokens: written - given };
        given = written;
      }
      if (done) break;
    }
    over ||= ended !== undefined;
    if (ended === undefined)
      throw new ModelError("server-failed", "The endpoint's answer was cut off before its end. Try again; a proxy between may end long answers.");
    yield { kind: "end", ended, usage: usage ?? { promptTokens: 0, generatedTokens: written } };
  } finally {
    if (over && reader !== undefined) void readRest(reader, answer);
    else answer.close();
  }
}

function parsed(data: string, status: number, apiKey: string | undefined): v.InferOutput<typeof completionSchema> {
  let value: unknown;
  try {
    value = JSON.parse(data) as unknown;
  } catch {
    throw notTheProtocol(data, status);
  }
  const error = errorInStream(data, value, apiKey);
  if (error !== undefined) throw error;
  const chunk = v.safeParse(completionSchema, value);
  if (!chunk.success) throw notTheProtocol("", status);
  return chunk.output;
}

async function notAStream(answer: Answer, seconds: number, apiKey: string | undefined): Promise<ModelError> {
  const { status } = answer.response;
  const body = await answer.read(answer.response.text(), seconds);
  try {
    return errorInStream(body, JSON.parse(body) as unknown, apiKey) ?? notTheProtocol(body, status);
  } catch {
    return notTheProtocol(body, status);
  }
}

async function readRest(reader: ReadableStreamDefaultReader<Uint8Array>, answer: Answer): Promise<void> {
  try {
    while (!(await answer.read(reader.read(), longestRest)).done);
  } catch {
    // The answer is complete; only the connection is lost.
  } finally {
    answer.close();
  }
}
