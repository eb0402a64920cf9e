import type { Ended, GenerationPart, Usage } from "../generation.ts";
import { ModelError } from "../model-error.ts";
import { endedOf } from "./ended.ts";
import { errorInAnswer, notTheProtocol } from "./endpoint-error.ts";
import { type Framing, jsonLines, serverSentEvents } from "./framing.ts";
import { completionOfOllama } from "./ollama.ts";
import { parseCompletion } from "./parse-completion.ts";
import type { Completion } from "./schemas.ts";
import type { Answer } from "./transport.ts";
import { usageOf } from "./usage-of.ts";

/** Seconds the rest of a finished answer may take; reading it lets the connection be used again. */
const longestRest = 1;

export type StreamOptions = {
  readonly stops: readonly string[];
  /** Longest silence once something has come, and before. */
  readonly idleSeconds: number;
  readonly firstSeconds: number;
  readonly apiKey?: string | undefined;
  /** Whether it is a stream of Ollama's own. */
  readonly ollama?: boolean;
};

/**
 * The parts of a streamed completion; how the bytes were split on the way makes no difference.
 * Leaving it early ends the request.
 * @throws ModelError for an error inside the stream, a stream cut short, silence, and what is no such stream
 */
export async function* completionStream(answer: Answer, options: StreamOptions): AsyncGenerator<GenerationPart, void> {
  const { response } = answer;
  const framing = options.ollama === true ? jsonLines() : serverSentEvents();
  let over = false;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    if (!framing.contentType.test(response.headers.get("content-type") ?? "")) throw await notAStream(answer, options.firstSeconds, options.apiKey);
    reader = response.body?.getReader();
    if (reader === undefined) throw notTheProtocol("", response.status);
    const decoder = new TextDecoder();
    let ended: Ended | undefined;
    let usage: Usage | undefined;
    let written = 0;
    let given = 0;
    let seconds = options.firstSeconds;

    while (!over) {
      const { done, value } = await answer.read(reader.read(), seconds);
      seconds = options.idleSeconds;
      for (const data of eventsIn(framing, decoder.decode(value, { stream: !done }), done)) {
        if (data === "[DONE]") {
          over = true;
          break;
        }
        const chunk = parsed(data, response.status, options);
        const choice = chunk.choices[0];
        if (chunk.usage !== null && chunk.usage !== undefined) {
          usage = usageOf(chunk.usage);
          written = Math.max(written, usage.generatedTokens);
        } else if (choice !== undefined && choice.text !== "") written += 1;
        if (choice === undefined) continue;
        ended ??= endedOf(choice, chunk.verbose, options.stops);
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

function eventsIn(framing: Framing, text: string, done: boolean): readonly string[] {
  try {
    const events = framing.feed(text);
    return done ? [...events, ...framing.rest()] : events;
  } catch (cause) {
    throw cause instanceof RangeError ? notTheProtocol("", 200) : cause;
  }
}

function parsed(data: string, status: number, options: StreamOptions): Completion {
  let value: unknown;
  try {
    value = JSON.parse(data) as unknown;
  } catch {
    throw notTheProtocol(data, status);
  }
  return parseCompletion(options.ollama === true ? completionOfOllama(value) : value, options.apiKey);
}

async function notAStream(answer: Answer, seconds: number, apiKey: string | undefined): Promise<ModelError> {
  const { status } = answer.response;
  const body = await answer.read(answer.response.text(), seconds);
  try {
    return errorInAnswer(JSON.parse(body) as unknown, apiKey) ?? notTheProtocol(body, status);
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
