import { commonPrefix } from "./decode.ts";

/** One KV cache and whom it serves. */
type Slot<S> = { readonly sequence: S; session: string | undefined; lease: { readonly brief: boolean } | undefined; usedAt: number };

export type SequenceWish = {
  readonly prompt: readonly number[];
  /** Requests of one session keep to their own sequences. */
  readonly session: string | undefined;
  /** A one-token request (a score): worth waiting for where it holds the session's cache. */
  readonly brief: boolean;
  readonly signal: AbortSignal;
};

export type SequenceLease<S> = { readonly sequence: S; readonly release: () => void };

export type SequencePool<S> = {
  /** Waits in line for a sequence. Throws an AbortError when the signal aborts first. */
  acquire(wish: SequenceWish): Promise<SequenceLease<S>>;
  readonly waiting: number;
};

type Waiter<S> = { readonly wish: SequenceWish; readonly resolve: (lease: SequenceLease<S>) => void };

/**
 * Gives each request the sequence that already holds most of its prompt, without throwing away another session's
 * transcript while there is a less used one. First come, first served.
 */
export function sequencePool<S extends { readonly contextTokens: readonly number[] }>(sequences: readonly S[]): SequencePool<S> {
  const slots: Slot<S>[] = sequences.map((sequence) => ({ sequence, session: undefined, lease: undefined, usedAt: 0 }));
  let line: Waiter<S>[] = [];
  let clock = 0;

  const serveLine = (): void => {
    line = line.filter(({ wish, resolve }) => {
      const slot = choose(slots, wish);
      if (slot === undefined) return true;
      const lease = { brief: wish.brief };
      slot.lease = lease;
      if (wish.session !== undefined) slot.session = wish.session;
      else if (commonShare(slot, wish) < ownShare) slot.session = undefined;
      slot.usedAt = ++clock;
      const release = (): void => {
        if (slot.lease !== lease) return;
        slot.lease = undefined;
        serveLine();
      };
      resolve({ sequence: slot.sequence, release });
      return false;
    });
  };

  return {
    get waiting() {
      return line.length;
    },
    acquire(wish) {
      return new Promise((resolve, reject): void => {
        const giveUp = (): void => {
          line = line.filter((other) => other !== waiter);
          reject(new DOMException("The client went away.", "AbortError"));
        };
        const waiter: Waiter<S> = {
          wish,
          resolve: (lease) => {
            wish.signal.removeEventListener("abort", giveUp);
            resolve(lease);
          },
        };
        line.push(waiter);
        if (wish.signal.aborted) return giveUp();
        wish.signal.addEventListener("abort", giveUp, { once: true });
        serveLine();
      });
    },
  };
}

/** From this share on, what a sequence holds counts as this prompt's own transcript (a mere shared preamble does not). */
const ownShare = 0.5;

function commonShare<S extends { readonly contextTokens: readonly number[] }>(slot: Slot<S>, wish: SequenceWish): number {
  const held = slot.sequence.contextTokens;
  const shorter = Math.min(held.length, wish.prompt.length);
  return shorter === 0 ? 0 : commonPrefix(held, wish.prompt) / shorter;
}

function choose<S extends { readonly contextTokens: readonly number[] }>(slots: readonly Slot<S>[], wish: SequenceWish): Slot<S> | undefined {
  const idle = slots.filter((slot) => slot.lease === undefined);
  const ofSession = wish.session === undefined ? [] : slots.filter((slot) => slot.session === wish.session);
  const own = ofSession.filter((slot) => slot.lease === undefined);
  if (own.length > 0) return longestPrefix(own, wish);
  // Waiting for a score of the same transcript is cheaper than prefilling that transcript again elsewhere.
  if (ofSession.some((slot) => slot.lease?.brief === true)) return undefined;
  const same = idle.filter((slot) => slot.session === undefined && commonShare(slot, wish) >= ownShare);
  if (same.length > 0) return longestPrefix(same, wish);
  return idle.reduce<Slot<S> | undefined>((oldest, slot) => (oldest === undefined || slot.usedAt < oldest.usedAt ? slot : oldest), undefined);
}

function longestPrefix<S extends { readonly contextTokens: readonly number[] }>(slots: readonly Slot<S>[], wish: SequenceWish): Slot<S> | undefined {
  const prefixes = slots.map((slot) => commonPrefix(slot.sequence.contextTokens, wish.prompt));
  return slots[prefixes.indexOf(Math.max(...prefixes))];
}
