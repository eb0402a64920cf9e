import { readFileSync } from "node:fs";
import * as v from "valibot";
import { addressOf } from "./page-fetch.ts";

const fieldsSchema = v.record(v.string(), v.unknown());
const recordingSchema = v.object({
  request: v.object({ method: v.string(), path: v.string(), body: v.unknown() }),
  response: v.object({ status: v.number(), headers: v.record(v.string(), v.string()), body: v.unknown() }),
});

export type Recording = v.InferOutput<typeof recordingSchema>;

export type RecordedServer = "vllm-0.32.0" | "llama-server-b11434";

export function recording(server: RecordedServer, name: string): Recording {
  return v.parse(recordingSchema, JSON.parse(readFileSync(new URL(`recordings/${server}/${name}.json`, import.meta.url), "utf8")));
}

export const responseOf = ({ response }: Recording): Response =>
  new Response(typeof response.body === "string" ? response.body : JSON.stringify(response.body), { status: response.status, headers: response.headers });

export type SentRequest = { readonly path: string; readonly headers: Headers; readonly body: Record<string, unknown> };

/**
 * A fetch that answers `/v1/completions` (or another path) with this recording, and `/tokenize` as the server did, each shape its own way.
 */
export function replaying(server: RecordedServer, name: string): { readonly fetch: typeof fetch; readonly sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  return {
    sent,
    fetch: (input, init) => {
      const path = addressOf(input).pathname;
      const body = typeof init?.body === "string" ? v.parse(fieldsSchema, JSON.parse(init.body)) : {};
      sent.push({ path, headers: new Headers(init?.headers), body });
      const vllmShape = "prompt" in body && server === "llama-server-b11434" ? "tokenize-vllm-shape" : "tokenize-digits";
      return Promise.resolve(responseOf(recording(server, path === "/tokenize" ? vllmShape : name)));
    },
  };
}
