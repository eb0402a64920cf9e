import type { ChatFormat } from "../chat-format.ts";
import type { DraftModel } from "../draft-model.ts";
import type { GenerationPart, GenerationRequest } from "../generation.ts";
import { aborted, asModelError, ModelError } from "../model-error.ts";
import { obtainModelFile } from "../model-files.ts";
import { createPartQueue, createTurns } from "./turns.ts";
import type { EngineSettings, WllamaEngine } from "./wllama-engine.ts";

export type WllamaSource =
  | { readonly kind: "url"; readonly url: string; readonly sha256?: string }
  | { readonly kind: "file"; readonly file: Blob };

export type OpenWllamaDraftRequest = EngineSettings & {
  readonly source: WllamaSource;
  /** Stable for storage, e.g. "arithmetic-draft"; the name by default. */
  readonly id?: string;
  readonly name: string;
  readonly format: ChatFormat;
  readonly instruction: string;
  /** Bytes of the file on this device, and of the whole one where that is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
};

/**
 * A draft model in llama.cpp on this device, from a GGUF file. The engine comes with the first call.
 * @throws ModelError "bad-file", "download-failed", "storage-full", "out-of-memory", "timed-out", "engine-failed" or "aborted"; another model can be opened right after
 */
export async function openWllamaDraft(request: OpenWllamaDraftRequest): Promise<DraftModel> {
  const { format, signal = new AbortController().signal } = request;
  if (signal.aborted) throw aborted();
  const file = await modelFile(request, signal);
  const [{ loadWllamaEngine }, { generateWith }] = await Promise.all([import("./wllama-engine.ts"), import("./generate.ts")]).catch((cause: unknown) => {
    throw new ModelError("download-failed", "The engine for models on this device could not be loaded. Check the connection and reload the page.", { cause });
  });
  let engine: WllamaEngine = await loadWllamaEngine(file, request, signal);

  const turns = createTurns();
  const closing = new AbortController();
  /** Special tokens that are text to the reasoning loop, whatever the file says of them. */
  const shown = [format.thinkingStart.trim(), format.thinkingEnd];

  async function run(asked: GenerationRequest, stop: AbortSignal, emit: (part: GenerationPart) => void): Promise<boolean> {
    if (engine.dead) engine = await loadWllamaEngine(file, request, stop);
    if (closing.signal.aborted) await engine.exit();
    return await generateWith(engine, { ...asked, signal: stop }, shown, emit);
  }

  async function* generate(asked: GenerationRequest): AsyncGenerator<GenerationPart> {
    if (asked.prompt === "") throw new ModelError("bad-request", "There is nothing to continue: the prompt is empty.");
    const left = new AbortController();
    const stop = AbortSignal.any([asked.signal, closing.signal, left.signal]);
    const parts = createPartQueue<GenerationPart>();
    const onStop = () => parts.fail(aborted());
    stop.addEventListener("abort", onStop, { once: true });
    if (stop.aborted) onStop();
    // The turn is over when the engine is, not when the caller stops listening: the next call finds it at rest.
    void turns
      .take(async () => {
        if (stop.aborted || !(await run(asked, stop, (part) => parts.push(part)))) parts.fail(aborted());
        else parts.end();
      })
      .catch((error: unknown) => parts.fail(asModelError(error, "engine-failed")));
    try {
      yield* parts;
    } finally {
      stop.removeEventListener("abort", onStop);
      left.abort();
    }
  }

  return {
    info: {
      id: `wllama:${request.id ?? request.name}`,
      name: request.name,
      format,
      instruction: request.instruction,
      contextTokens: engine.contextTokens,
      engine: "wllama",
      computesOn: engine.computesOn,
      device: engine.device,
    },
    generate,
    async close() {
      closing.abort();
      // wllama leaves the promise of a completion pending for ever at its exit, so nothing waits for it.
      await engine.exit();
    },
  };
}

async function modelFile({ source, onProgress }: OpenWllamaDraftRequest, signal: AbortSignal): Promise<Blob> {
  if (source.kind === "file") return source.file;
  const { url, sha256 } = source;
  return await obtainModelFile({ url, signal, ...(sha256 === undefined ? {} : { sha256 }), ...(onProgress === undefined ? {} : { onProgress }) });
}
