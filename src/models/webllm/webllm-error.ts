import { ModelError } from "../model-error.ts";

const nameOf = (thrown: unknown): string => (thrown instanceof Error || thrown instanceof DOMException ? thrown.name : "");
const messageOf = (thrown: unknown): string => (thrown instanceof Error || thrown instanceof DOMException ? thrown.message : String(thrown));

const memory = /out of memory|OOM|bad_alloc|allocation failed|createBuffer|WebAssembly\.Memory|Array buffer allocation/i;
const lost = /deleted object|device (was|is) lost|Device is lost|Instance has been disposed|external Instance reference no longer exists/i;
const limits = /exceeds limit|required limits?|requiredLimits|Cannot initialize runtime/i;
const network = /Failed to fetch|NetworkError|network error|Request failed|Cannot fetch|Load failed/i;
const otherAbi = /Cannot find (global )?function|Unknown (import|function)|function not found|import .*(module|function)|_metadata|resolve.*ABI|required VM function/i;

/**
 * Why a model did not load. The package exports only one of its error classes, so they are told by name.
 * @param stage whether it failed before the weights were asked for: then the library is to blame, whatever was thrown
 */
export function loadError(thrown: unknown, stage: "library" | "weights" = "weights"): ModelError {
  if (thrown instanceof ModelError) return thrown;
  const name = nameOf(thrown);
  const message = messageOf(thrown);
  const cause = { cause: thrown };
  const why = message.slice(0, 200);
  if (name === "AbortError") return new ModelError("aborted", "Stopped.", cause);
  if (name === "QuotaExceededError" || /quota/i.test(message))
    return new ModelError("storage-full", "The browser's storage is full. Delete models you no longer use, or choose a smaller one.", cause);
  if (name === "IntegrityError")
    return new ModelError("bad-file", "A file of the model is not the one it should be (its hash is wrong). It was deleted; download it again, or choose another source.", cause);
  if (name === "ShaderF16SupportError")
    return new ModelError("engine-failed", "This GPU has no 16-bit floats in shaders. Choose the model's f32 version.", cause);
  if (name === "WebGPUNotAvailableError" || /Unable to find a compatible GPU/.test(message))
    return new ModelError("engine-failed", "This browser gives no access to a GPU. Choose a model that runs on the CPU.", cause);
  if (limits.test(message) || name === "FeatureSupportError")
    return new ModelError("engine-failed", `This GPU cannot run the model (${why}). Choose a smaller model, or one that runs on the CPU.`, cause);
  if (name === "DeviceLostError" || lost.test(message))
    return new ModelError("out-of-memory", "The GPU was lost while the model was loading, most likely because its memory is full. Choose a smaller model or context, or close other tabs.", cause);
  if (memory.test(message))
    return new ModelError("out-of-memory", "This device has not enough memory for the model. Close other tabs, or choose a smaller model or context.", cause);
  if (name === "CompileError" || name === "LinkError" || name === "RuntimeError" || otherAbi.test(message))
    return new ModelError("bad-file", `The model's library is not made for WebLLM 0.2.86 (${why}). Use a library of that version.`, cause);
  if (network.test(message)) {
    return new ModelError("download-failed", `A file of the model could not be downloaded (${why}). Check the connection and the model's address, then try again.`, cause);
  }
  if (stage === "library")
    return new ModelError("bad-file", `The model's library is not made for WebLLM 0.2.86, or its tokenizer cannot be read (${why}). Use a library of that version.`, cause);
  return new ModelError("bad-file", `WebLLM cannot load this model (${why}). Download it again or choose another one.`, cause);
}

/** Why a loaded model stopped working. */
export function runError(thrown: unknown): ModelError {
  if (thrown instanceof ModelError) return thrown;
  const message = messageOf(thrown);
  const cause = { cause: thrown };
  if (lost.test(message) || nameOf(thrown) === "BindingError" || nameOf(thrown) === "DeviceLostError") return deviceLost(cause);
  if (memory.test(message))
    return new ModelError("out-of-memory", "The GPU's memory is full. Close other tabs, or choose a smaller model or context.", cause);
  return new ModelError("engine-failed", `The model on this device stopped working (${message.slice(0, 200)}). It is started again with the next step.`, cause);
}

export const deviceLost = (details: { readonly cause?: unknown } = {}): ModelError =>
  new ModelError("device-lost", "The graphics device went away. The model is loaded again from this device's storage with the next step.", details);

/** After a second loss trying the same again would lose it a third time. */
export const deviceLostAgain = (): ModelError =>
  new ModelError("out-of-memory", "The graphics device went away twice, most likely because its memory is full. Choose a smaller model or context, or close other tabs.");
