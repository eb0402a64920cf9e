import * as v from "valibot";
import { ModelError } from "../model-error.ts";
import { contextExceeded } from "./completion-chunk.ts";

const withType = v.object({ type: v.string() });

/**
 * The text of a failure of wllama's. Its errors are all called "Error" (what they are is in `type`), and some things it
 * rejects with are strings.
 */
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * A C++ exception leaves the engine alive but without an answer; wllama then reads the request's first bytes ("GLUE")
 * as the answer's length.
 */
export const isNativeException = (thrown: unknown): boolean => messageOf(thrown).includes("Invalid typed array length: 1163217991");

/** nlohmann::json refuses to write a text that is not UTF-8: a likely token that is a part of a character is one. */
export const isUnprintable = (native: string): boolean => native.includes("type_error.316");

const memory = /out of memory|OOM|bad_alloc|cannot enlarge memory|allocation failed|failed to allocate|could not allocate|WebAssembly\.Memory/i;

/** @param native the errors llama.cpp logged, "" for none */
export function wllamaError(thrown: unknown, native: string): ModelError {
  if (thrown instanceof ModelError) return thrown;
  const message = messageOf(thrown);
  if (memory.test(message) || memory.test(native))
    return new ModelError("out-of-memory", "This device has not enough memory for the model. Close other tabs, or choose a smaller model or context.", { cause: thrown });
  const parsed = v.safeParse(withType, thrown);
  if (parsed.success && parsed.output.type === "kv_cache_full")
    return new ModelError("context-overflow", "The text no longer fits the model's context.", { cause: thrown });
  const why = isNativeException(thrown) && native !== "" ? native : message;
  return new ModelError("engine-failed", `The model on this device stopped working (${why.slice(0, 200)}). It is started again with the next step.`, { cause: thrown });
}

/** The error a logged answer stands for, where it is one that has a name of its own. */
export function loggedError(logged: unknown): ModelError | undefined {
  const parsed = v.safeParse(contextExceeded, logged);
  if (!parsed.success) return undefined;
  const { n_prompt_tokens: prompt, n_ctx: context } = parsed.output;
  return new ModelError("context-overflow", `The text is too long for the draft model: ${prompt} tokens, and its context holds ${context}.`);
}
