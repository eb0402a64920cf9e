import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GenerationPart } from "../../../src/models/generation.ts";
import { completionStream } from "../../../src/models/endpoint/completion-stream.ts";
import { wallTiming } from "../../../src/models/endpoint/endpoint-timing.ts";
import type { Answer } from "../../../src/models/endpoint/transport.ts";
import { failure, type Generated, generated } from "../../support/generated.ts";
import { recording } from "../../support/recorded-answers.ts";

/** An answer whose body arrives in these pieces. */
function answerOf(pieces: readonly Uint8Array[], contentType = "text/event-stream"): Answer & { readonly closed: () => number } {
  let closed = 0;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return {
    response: new Response(body, { headers: { "content-type": contentType } }),
    read: (part) => part,
    close: () => {
      closed += 1;
    },
    closed: () => closed,
  };
}

const options = { stops: ["\n\n"], firstSeconds: wallTiming.answerSeconds, idleSeconds: wallTiming.idleSeconds };
const read = (pieces: readonly Uint8Array[], contentType?: string): Promise<Generated> => generated(completionStream(answerOf(pieces, contentType), options));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (text: string, finish: string | null = null, stop: string | null = null): string =>
  event({ choices: [{ index: 0, text, finish_reason: finish, stop_reason: stop }] });
const usage = event({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } });

const counted = (text: string, completion: number, finish: string | null = null): string =>
  event({ choices: [{ index: 0, text, finish_reason: finish, stop_reason: null }], usage: { prompt_tokens: 1, completion_tokens: completion } });

/** Cuts at these places, given as shares of the length. */
function split(whole: Uint8Array, shares: readonly number[]): Uint8Array[] {
  const places = [0, ...shares.map((share) => Math.floor(share * whole.length)).toSorted((a, b) => a - b), whole.length];
  return places.slice(1).map((place, index) => whole.slice(places[index], place));
}

describe("a streamed completion", () => {
  const streams: readonly (readonly [string, string])[] = [
    ...(["step-stream", "step-stream-continuous-usage"] as const).map((name) => [`vllm ${name}`, String(recording("vllm-0.32.0", name).response.body)] as const),
    ...(["step-stream", "step-stream-verbose"] as const).map((name) => [`llama-server ${name}`, String(recording("llama-server-b10434", name).response.body)] as const),
    ["letters of several bytes and lines ended the other way", (chunk("√2 ≤ ") + chunk("𝜋 数") + chunk("", "stop", "\n\n") + usage + "data: [DONE]\n\n").replaceAll("\n", "\r\n")],
  ];
  it.each(streams)("gives the same parts however its bytes are split: %s", async (_, body) => {
    const whole = bytes(body);
    const expected = await read([whole]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), async (shares) => {
        expect((await read(split(whole, shares))).parts).toEqual(expected.parts);
      }),
      { numRuns: 2000 },
    );
    expect((await read(Array.from(whole, (byte) => Uint8Array.of(byte)))).parts).toEqual(expected.parts);
  });

  it("gives the same parts however its bytes are split: Ollama's lines of JSON", async () => {
    const lines = ["First", ", √2", " ≤ 𝜋"].map((response) => `${JSON.stringify({ response, done: false })}\n`).join("") + JSON.stringify({ response: "", done: true, done_reason: "stop", prompt_eval_count: 5, eval_count: 3 });
    for (const body of [lines, `${lines}\n`]) {
      const whole = bytes(body);
      const readLines = (pieces: readonly Uint8Array[]) => generated(completionStream(answerOf(pieces, "application/x-ndjson"), { ...options, ollama: true }));
      const expected = await readLines([whole]);
      expect(expected.text).toBe("First, √2 ≤ 𝜋");
      expect(expected.end).toEqual({ kind: "end", ended: { kind: "stop", stop: "\n\n" }, usage: { promptTokens: 5, generatedTokens: 3 } });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), async (shares) => {
          expect((await readLines(split(whole, shares))).parts).toEqual(expected.parts);
        }),
        { numRuns: 500 },
      );
    }
  });

  it.each([
    ["an error", '{"response":"a","done":false}\n{"error":"an error was encountered while running the model"}\n', "server-failed"],
    ["a cut", '{"response":"a","done":false}\n{"respo', "bad-response"],
    ["an early end", '{"response":"a","done":false}\n', "server-failed"],
  ] as const)("of Ollama throws for %s in the middle", async (_, body, kind) => {
    const stream = completionStream(answerOf([bytes(body)], "application/x-ndjson"), { ...options, ollama: true });
    expect((await failure(generated(stream))).kind).toBe(kind);
  });

  it("cut anywhere gives the first of the same parts, and either the same end or an error that may be retried", async () => {
    const whole = bytes(String(recording("vllm-0.32.0", "step-stream").response.body));
    const { parts: expected } = await read([whole]);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        const seen: GenerationPart[] = [];
        try {
          for await (const part of completionStream(answerOf([whole.slice(0, length)]), options)) seen.push(part);
          expect(seen.at(-1)).toMatchObject({ kind: "end", ended: { kind: "stop", stop: "\n\n" } });
        } catch (error) {
          expect(error).toMatchObject({ kind: "server-failed", retryable: true });
        }
        const texts = seen.filter(({ kind }) => kind === "text");
        expect(texts).toEqual(expected.slice(0, texts.length));
      }),
      { numRuns: 150 },
    );
  });

  it("may lack [DONE]", async () => {
    const { text, end } = await read([bytes(chunk("2.", "stop", "\n\n") + usage)]);
    expect(text).toBe("2.");
    expect(end).toEqual({ kind: "end", ended: { kind: "stop", stop: "\n\n" }, usage: { promptTokens: 5, generatedTokens: 3 } });
  });

  it("may hold comments, as proxies send to keep it open", async () => {
    expect((await read([bytes(`: ping\n\n${chunk("a")}: ping\n\n${chunk("b", "length")}data: [DONE]\n\n`)])).text).toBe("ab");
  });

  it("counts what it was given where the server gives no usage", async () => {
    const { end } = await read([bytes(chunk("a") + chunk("b") + chunk("", "length") + "data: [DONE]\n\n")]);
    expect(end.usage.generatedTokens).toBe(2);
  });

  it("counts tokens whose text was held back with the text that releases them", async () => {
    const { parts } = await read([bytes(counted("", 1) + counted("ab", 4) + counted("", 5, "stop") + "data: [DONE]\n\n")]);
    expect(parts).toEqual([
      { kind: "text", text: "ab", tokens: 4 },
      { kind: "end", ended: { kind: "end-of-text" }, usage: { promptTokens: 1, generatedTokens: 5 } },
    ]);
  });

  it("ends at the end of text where vLLM names no stop", async () => {
    expect((await read([bytes(chunk("a", "stop") + "data: [DONE]\n\n")])).end.ended).toEqual({ kind: "end-of-text" });
  });

  it.each([
    ["vLLM's", { error: { message: "EngineCore encountered an issue. See stack trace", type: "InternalServerError", code: 500 } }, "engine-dead"],
    ["one with a code", { error: { message: "prompt is longer than the maximum context length", code: 400 } }, "context-overflow"],
    ["a text", { error: "something broke" }, "server-failed"],
    ["a flat one", { object: "error", message: "too many", code: 429 }, "overloaded"],
  ] as const)("throws the error inside a stream that began well: %s", async (_, error, kind) => {
    expect((await failure(read([bytes(chunk("a") + event(error))]))).kind).toBe(kind);
  });

  it.each([
    ["cut before its end", chunk("a") + chunk("b"), "text/event-stream", "server-failed"],
    ["ended by [DONE] alone", "data: [DONE]\n\n", "text/event-stream", "server-failed"],
    ["empty", "", "text/event-stream", "server-failed"],
    ["given up by the server", chunk("a", "abort"), "text/event-stream", "server-failed"],
    ["no JSON", "data: hello\n\n", "text/event-stream", "bad-response"],
    ["of another shape", event({ choices: "none" }), "text/event-stream", "bad-response"],
    ["a web page", "<!doctype html><title>Welcome</title>", "text/html", "wrong-path"],
    ["a web page that calls itself JSON", "<html></html>", "application/json", "wrong-path"],
    ["JSON where a stream was due", '{"ok":true}', "application/json", "bad-response"],
    ["an error with status 200", '{"error":{"message":"The model x does not exist","param":"model","code":404}}', "application/json", "unknown-model"],
  ] as const)("throws where the stream is %s", async (_, body, contentType, kind) => {
    const answer = answerOf([bytes(body)], contentType);
    expect((await failure(generated(completionStream(answer, options)))).kind).toBe(kind);
    expect(answer.closed()).toBe(1);
  });

  it("bounds the memory an endless line takes", async () => {
    const line = bytes(`data: ${"x".repeat(1_000_000)}`);
    expect((await failure(read([line, line, line, line, line, line]))).kind).toBe("bad-response");
  });

  it("ends the request when its reader leaves early", async () => {
    const answer = answerOf([bytes(chunk("a") + chunk("b"))]);
    for await (const part of completionStream(answer, options)) {
      expect(part.kind).toBe("text");
      break;
    }
    expect(answer.closed()).toBe(1);
  });
});
