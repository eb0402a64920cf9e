import * as v from "valibot";
import { LocalBaseError } from "./local-base-error.ts";

/** A named link and GPU to slow the endpoint down to. All in seconds; 0 or absent slows nothing. */
export type Shape = {
  /** Round trip of the link: half of it before a request is handled, half after. */
  readonly rtt?: number;
  /** Time to first token, from the request's arrival at the server. */
  readonly ttft?: number;
  /** Time per output token after the first. */
  readonly tpot?: number;
  /** How long a request for one token takes (a score); `ttft` where absent. */
  readonly score?: number;
};

const seconds = v.pipe(v.string(), v.nonEmpty(), v.transform(Number), v.number(), v.finite(), v.minValue(0));
const schema = v.strictObject({
  rtt: v.optional(seconds),
  ttft: v.optional(seconds),
  tpot: v.optional(seconds),
  score: v.optional(seconds),
});

/** Reads `rtt=0.1,tpot=0.045,ttft=0.3`. @throws LocalBaseError */
export function parseShape(text: string): Shape {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  const named = pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [name.trim(), value.join("=").trim()];
  });
  const parsed = v.safeParse(schema, Object.fromEntries(named));
  if (!parsed.success)
    throw new LocalBaseError(`--shape ${text} cannot be read. Write seconds, as in rtt=0.1,tpot=0.045,ttft=0.3,score=0.2.`);
  const { rtt, ttft, tpot, score } = parsed.output;
  return {
    ...(rtt === undefined ? {} : { rtt }),
    ...(ttft === undefined ? {} : { ttft }),
    ...(tpot === undefined ? {} : { tpot }),
    ...(score === undefined ? {} : { score }),
  };
}

/** Resolves after the time, or at once when the signal aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}

/** When tokens may leave the server. */
export type Pace = { readonly token: (choice: number, signal: AbortSignal) => Promise<void> };

/**
 * The first choice's tokens leave no faster than `tpot`; the others are computed beside it on the GPU in mind, so they
 * leave on the same schedule and not one after the other.
 * @param arrivedAt when the request reached the server, in `performance.now()` milliseconds.
 */
export function pace(shape: Shape, arrivedAt: number, oneToken: boolean): Pace {
  const between = (shape.tpot ?? 0) * 1000;
  const first = arrivedAt + ((oneToken ? (shape.score ?? shape.ttft) : shape.ttft) ?? 0) * 1000;
  const next = new Map<number, number>();
  return {
    async token(choice, signal) {
      const due = next.get(choice) ?? first;
      await sleep(due - performance.now(), signal);
      next.set(choice, (choice === 0 ? Math.max(due, performance.now()) : due) + between);
    },
  };
}

/** The way back to the client: each write arrives half a round trip later, in order, and none waits for another to arrive. */
export function returnLink(shape: Shape, signal: AbortSignal): (deliver: () => void) => Promise<void> {
  const delay = ((shape.rtt ?? 0) * 1000) / 2;
  let last: Promise<void> = Promise.resolve();
  return (deliver) => {
    if (delay === 0) {
      if (!signal.aborted) deliver();
      return last;
    }
    const before = last;
    const travelled = sleep(delay, signal);
    last = (async () => {
      await before;
      await travelled;
      if (!signal.aborted) deliver();
    })();
    return last;
  };
}
