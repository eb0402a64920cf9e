import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { addressOf } from "./page-fetch.ts";
import { readRecording, type Recording } from "./recording.ts";

const fieldsSchema = v.record(v.string(), v.unknown());
export type RecordedServer = "vllm-0.32.0" | "llama-server-b10434";

export const recording = (server: RecordedServer, name: string): Recording => readRecording(fileURLToPath(new URL(`recordings/${server}`, import.meta.url)), name);

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
      const vllmShape = "prompt" in body && server === "llama-server-b10434" ? "tokenize-vllm-shape" : "tokenize-digits";
      return Promise.resolve(responseOf(recording(server, path === "/tokenize" ? vllmShape : name)));
    },
  };
}
