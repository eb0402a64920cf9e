import * as v from "valibot";
import type { RunEvent } from "../reasoning/events.ts";
import { runEventSchema } from "./run-schema.ts";

/** What tabs tell each other about a run. */
export type RunMessage = { readonly run: string } & (
  /** `sequence` kept events came before this one. */
  | { readonly kind: "event"; readonly sequence: number; readonly event: RunEvent }
  /** A follower has come, or has missed something. */
  | { readonly kind: "ask" }
  /** The events from number `from` on, which may not be stored yet, and the text being written after them. */
  | { readonly kind: "catch-up"; readonly from: number; readonly events: readonly RunEvent[]; readonly live: readonly RunEvent[] }
);

const sequence = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const runMessageSchema = v.variant("kind", [
  v.object({ kind: v.literal("event"), run: v.string(), sequence, event: runEventSchema }),
  v.object({ kind: v.literal("ask"), run: v.string() }),
  v.object({ kind: v.literal("catch-up"), run: v.string(), from: sequence, events: v.array(runEventSchema), live: v.array(runEventSchema) }),
]);

/** Another tab may be of another version: what is not understood is passed over. */
export function parseRunMessage(data: unknown): RunMessage | undefined {
  const parsed = v.safeParse(runMessageSchema, data);
  return parsed.success ? parsed.output : undefined;
}
