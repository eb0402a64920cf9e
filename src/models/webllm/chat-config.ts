import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import { modelFolder } from "./model-cache.ts";

const chatConfig = v.object({
  /** -1 where a sliding window is used instead. */
  context_window_size: v.number(),
  sliding_window_size: v.optional(v.number(), -1),
  tokenizer_files: v.optional(v.array(v.string()), ["tokenizer.json"]),
});

export type ChatConfig = v.InferOutput<typeof chatConfig>;

/**
 * A model's mlc-chat-config.json, from WebLLM's cache where it is there. Read before anything large is fetched: whether
 * there is a model at this address shows here.
 * @throws ModelError "download-failed" or "bad-file"
 */
export async function readChatConfig(modelUrl: string): Promise<ChatConfig> {
  const url = new URL("mlc-chat-config.json", modelFolder(modelUrl)).href;
  const cached = await (await caches.open("webllm/config")).match(url);
  const response = cached ?? (await fetch(url).catch((cause: unknown) => {
    throw new ModelError("download-failed", "The model's address cannot be reached. Check the connection and the address.", { cause });
  }));
  if (!response.ok) throw new ModelError("download-failed", `There is no WebLLM model at this address: HTTP ${response.status} for ${url}.`, { status: response.status });
  const json: unknown = await response.json().catch(() => undefined);
  const parsed = v.safeParse(chatConfig, json);
  if (!parsed.success) throw new ModelError("bad-file", "The address leads to something that is no WebLLM model: its mlc-chat-config.json cannot be read. Check the address.");
  return parsed.output;
}
