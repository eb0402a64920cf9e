import type { DraftModel } from "../draft-model.ts";
import { openWllamaModel, type OpenWllamaRequest } from "./open-wllama-model.ts";

export type OpenWllamaDraftRequest = OpenWllamaRequest;

/**
 * A draft model in llama.cpp on this device, from a GGUF file. The engine comes with the first call.
 * @throws ModelError "bad-file", "download-failed", "storage-full", "out-of-memory", "timed-out", "engine-failed" or "aborted"; another model can be opened right after
 */
export async function openWllamaDraft(request: OpenWllamaDraftRequest): Promise<DraftModel> {
  const model = await openWllamaModel(request);
  return {
    info: {
      id: `wllama:${request.id ?? request.name}`,
      name: request.name,
      format: request.format,
      instruction: request.instruction,
      contextTokens: model.contextTokens,
      engine: "wllama",
      computesOn: model.computesOn,
      device: model.device,
    },
    generate: (asked) => model.generate(asked),
    close: () => model.close(),
  };
}
