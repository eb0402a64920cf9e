import type { BaseLoad } from "./base-load.ts";

/** What one GPU does, as its server's benchmark says. */
export type ServerRates = {
  /** Tokens a second over all users, while it does nothing else. */
  readonly prefill: number;
  readonly decode: number;
  /** Share of its time that may be planned for; the rest keeps waits short. */
  readonly utilisation: number;
  /** Tokens its KV cache holds, as vLLM prints at its start. */
  readonly kvTokens?: number;
};

export type Users = {
  /** Tokens a step of the chain. */
  readonly prefilled: number;
  readonly decoded: number;
  /** Of the GPU, a step. */
  readonly gpuSeconds: number;
  /** Who wait for an answer at the same moment. */
  readonly atOnce: number;
  /** Steps an hour, over all users. */
  readonly stepsAnHour: number;
};

export type Capacity = {
  readonly together: Users;
  readonly alone: Users;
  /** Users whose transcripts stay in the KV cache beside each other. */
  readonly cached?: number;
};

/** The same runs with steps of another length: what is written grows with it, what is sent beside a step (the question to judge it, unfilled blocks of the cache) does not. */
export function withStepTokens(load: BaseLoad, stepTokens: number): BaseLoad {
  const steps = Math.max(1, load.steps);
  const factor = stepTokens / (load.alone.decoded / steps);
  // Each step is prefilled once, when it is scored or gone on from.
  const beside = load.prefilled - load.alone.decoded;
  const scores = load.steps;
  return {
    ...load,
    prefilled: load.alone.decoded * factor + beside,
    decoded: Math.max(0, load.decoded - scores) * factor + Math.min(load.decoded, scores),
    context: load.context * factor,
    alone: { ...load.alone, decoded: load.alone.decoded * factor },
  };
}

/**
 * How many users one GPU carries. Prefill and decode are taken to add up, as in one engine that does both.
 * @param stepSeconds how long a step takes a user: drafting, link and waiting together; the base model alone takes its own.
 */
export function usersOf(load: BaseLoad, rates: ServerRates, stepSeconds: { readonly together: number; readonly alone: number }): Capacity {
  const steps = Math.max(1, load.steps);
  const users = (prefilled: number, decoded: number, seconds: number): Users => {
    const gpuSeconds = prefilled / rates.prefill + decoded / rates.decode;
    return { prefilled, decoded, gpuSeconds, atOnce: (rates.utilisation * seconds) / gpuSeconds, stepsAnHour: (3600 * rates.utilisation) / gpuSeconds };
  };
  return {
    together: users(load.prefilled / steps, load.decoded / steps, stepSeconds.together),
    alone: users(load.alone.prefilled / steps, load.alone.decoded / steps, stepSeconds.alone),
    ...(rates.kvTokens === undefined ? {} : { cached: rates.kvTokens / Math.max(1, load.context) }),
  };
}
