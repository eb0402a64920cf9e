import type { Ended } from "../generation.ts";
import { ModelError } from "../model-error.ts";
import type { Choice, Completion } from "./schemas.ts";

/**
 * Why a generation ended, from its last chunk; undefined where that is not the last.
 * @throws ModelError "server-failed" where the server gave up
 */
export function endedOf(choice: Choice, verbose: Completion["verbose"], stops: readonly string[]): Ended | undefined {
  const { finish_reason: finish, stop_reason: stopReason, matched_stop: matched } = choice;
  if (finish === null || finish === undefined) return undefined;
  if (finish === "abort" || finish === "error") throw new ModelError("server-failed", "The endpoint gave up in the middle of an answer. Try again; if it stays so, look into the server's log.");
  if (finish === "length") return { kind: "length" };
  const stop = stopReason ?? matched;
  if (typeof stop === "string") return { kind: "stop", stop };
  if (typeof stop === "number" || stopReason === null) return { kind: "end-of-text" };
  if (verbose?.stop_type === "word") return { kind: "stop", stop: verbose.stopping_word ?? stops[0] ?? "" };
  if (verbose?.stop_type === "limit") return { kind: "length" };
  if (verbose?.stop_type === "eos") return { kind: "end-of-text" };
  // Servers that call both "stop". Taken for a stop text: at the end of text the next request then writes nothing, while the other mistake would end a chain too early.
  const first = stops[0];
  return finish === "stop" && first !== undefined ? { kind: "stop", stop: first } : { kind: "end-of-text" };
}
