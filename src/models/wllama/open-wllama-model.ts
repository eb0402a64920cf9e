import type { ChatFormat } from "../chat-format.ts";
import { aborted, ModelError } from "../model-error.ts";
import { obtainModelFile } from "../model-files.ts";
import type { OnDeviceModel } from "../on-device-model.ts";
import { createTurns } from "../turns.ts";
import type { EngineSettings, WllamaEngine } from "./wllama-engine.ts";

export type WllamaSource =
  | { readonly kind: "url"; readonly url: string; readonly sha256?: string }
  | { readonly kind: "file"; readonly file: Blob };

export type OpenWllamaRequest = EngineSettings & {
  readonly source: WllamaSource;
  /** Stable for storage, e.g. "arithmetic-draft"; the name by default. */
  readonly id?: string;
  readonly name: string;
  readonly format: ChatFormat;
  /** Added after the problem, "" where the model was trained on the bare problem. */
  readonly instruction: string;
  /** Bytes of the file on this device, and of the whole one where that is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
};

/**
 * A model in llama.cpp on this device.
 * @throws ModelError "bad-file", "download-failed", "storage-full", "out-of-memory", "timed-out", "engine-failed" or "aborted"; another model can be opened right after
 */
export async function openWllamaModel(request: OpenWllamaRequest): Promise<OnDeviceModel> {
  const { format, signal = new AbortController().signal } = request;
  if (signal.aborted) throw aborted();
  const file = await modelFile(request, signal);
  // The engine's script is large: it comes with the first model.
  const [{ loadWllamaEngine }, { generateWith }, { weighNextToken }] = await Promise.all([
    import("./wllama-engine.ts"), import("./generate.ts"), import("./weigh-next-token.ts"),
  ]).catch((cause: unknown) => {
    throw new ModelError("download-failed", "The engine for models on this device could not be loaded. Check the connection and reload the page.", { cause });
  });
  let engine: WllamaEngine = await loadWllamaEngine(file, request, signal);

  const turns = createTurns();
  const closing = new AbortController();
  /** Special tokens that are text to the reasoning loop, whatever the file says of them. */
  const shown = [format.thinkingStart.trim(), format.thinkingEnd];

  async function running(stop: AbortSignal): Promise<WllamaEngine> {
    if (engine.dead) engine = await loadWllamaEngine(file, request, stop);
    if (closing.signal.aborted) await engine.exit();
    return engine;
  }

  return {
    contextTokens: engine.contextTokens,
    computesOn: engine.computesOn,
    device: engine.device,
    generate: (asked) =>
      turns.generate(asked, closing.signal, async (call, emit) => {
        if (!(await generateWith(await running(call.signal), call, shown, emit))) throw aborted();
      }),
    weighNextToken(prompt, tokens, abort) {
      const stop = AbortSignal.any([abort, closing.signal]);
      return turns.inTurn(stop, async () => {
        const weighed = await weighNextToken(await running(stop), prompt, tokens, stop);
        if (weighed === undefined) throw aborted();
        return weighed;
      });
    },
    async close() {
      closing.abort();
      // wllama leaves the promise of a completion pending for ever at its exit, so nothing waits for it.
      await engine.exit();
    },
  };
}

async function modelFile({ source, onProgress }: OpenWllamaRequest, signal: AbortSignal): Promise<Blob> {
  if (source.kind === "file") return source.file;
  const { url, sha256 } = source;
  return await obtainModelFile({ url, signal, ...(sha256 === undefined ? {} : { sha256 }), ...(onProgress === undefined ? {} : { onProgress }) });
}
