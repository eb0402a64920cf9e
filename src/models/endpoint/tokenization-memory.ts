import { ModelError, type ModelErrorKind } from "../model-error.ts";
import { askDigitIds, type Tokenization } from "./digit-ids.ts";
import type { Transport } from "./transport.ts";
import { within } from "./within.ts";

export type TokenizationMemory = {
  /** Asks once for all callers. @throws ModelError where the endpoint is away, so that the request itself would fail as well */
  get(signal: AbortSignal): Promise<Tokenization>;
  /** The endpoint did what was asked: where it did not tell the ids, it is not asked for them again. */
  answered(): void;
};

/** The server has no such route, or none for this page: it is not asked again. */
const final: ReadonlySet<ModelErrorKind> = new Set(["wrong-path", "bad-request", "bad-response", "unknown-model"]);
const away: ReadonlySet<ModelErrorKind> = new Set(["aborted", "unreachable", "timed-out"]);
const unknown: Tokenization = { kind: "other" };

export function createTokenizationMemory(transport: Transport, model: string): TokenizationMemory {
  let known: Tokenization | undefined;
  let asking: Promise<Tokenization> | undefined;
  let failed = false;

  async function ask(): Promise<Tokenization> {
    try {
      known = await askDigitIds(transport, model, new AbortController().signal);
      return known;
    } catch (error) {
      if (!(error instanceof ModelError) || away.has(error.kind)) throw error;
      failed = true;
      if (final.has(error.kind)) known = unknown;
      return unknown;
    } finally {
      asking = undefined;
    }
  }

  return {
    get(signal) {
      if (known !== undefined) return Promise.resolve(known);
      asking ??= ask();
      return within(asking, transport.timing.answerSeconds, transport.timing, signal);
    },
    answered() {
      if (failed) known ??= unknown;
    },
  };
}
