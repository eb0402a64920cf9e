import { askDialect } from "./ask-dialect.ts";
import type { Dialect } from "./dialect.ts";
import { dialectKey, type EndpointMemory } from "./endpoint-memory.ts";
import type { Transport } from "./transport.ts";
import { within } from "./within.ts";

export type KnownDialect = {
  /** Asks once for all callers. @throws ModelError where the endpoint is away, so that the request itself would fail as well */
  get(signal: AbortSignal): Promise<Dialect>;
  /** What a request taught; used from then on. */
  learned(dialect: Dialect): void;
  /** The endpoint did what was asked: where it did not tell how it is to be spoken to, it is not asked again. */
  answered(): void;
};

export function knownDialect(transport: Transport, model: string, root: string, { dialects }: EndpointMemory): KnownDialect {
  const key = dialectKey(root, model);
  let asking: Promise<Dialect> | undefined;
  let unsure: Dialect | undefined;

  async function ask(): Promise<Dialect> {
    try {
      const { dialect, sure } = await askDialect(transport, model, new AbortController().signal);
      if (sure) dialects.set(key, dialect);
      else unsure = dialect;
      return dialect;
    } finally {
      asking = undefined;
    }
  }

  return {
    get(signal) {
      const known = dialects.get(key);
      if (known !== undefined) return Promise.resolve(known);
      asking ??= ask();
      return within(asking, transport.timing.answerSeconds, transport.timing, signal);
    },
    learned(dialect) {
      dialects.set(key, dialect);
    },
    answered() {
      if (unsure !== undefined && !dialects.has(key)) dialects.set(key, unsure);
    },
  };
}
