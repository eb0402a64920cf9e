import { seededRandom } from "../../src/models/seeded-random.ts";
import type { RunChannel } from "../../src/runs/run-broadcast.ts";

type Listener = (event: MessageEvent<unknown>) => void;

/** BroadcastChannels of one name: each hears all others, a little later, in order unless `shuffledBy` is a seed. Closing one is the end of its tab. */
export function scriptedChannels(shuffledBy?: number) {
  const random = shuffledBy === undefined ? undefined : seededRandom(shuffledBy);
  const later = (work: () => void): void => void setImmediate(random !== undefined && random() < 0.3 ? () => later(work) : work);

  const all = new Set<Set<Listener>>();
  return function open(): RunChannel & { close: () => void } {
    const own = new Set<Listener>();
    all.add(own);
    return {
      postMessage(message) {
        if (!all.has(own)) return;
        const data: unknown = structuredClone(message);
        for (const other of all) {
          if (other === own) continue;
          later(() => {
            if (all.has(other)) for (const listener of other) listener(new MessageEvent("message", { data }));
          });
        }
      },
      addEventListener(_kind, listener) { own.add(listener); },
      removeEventListener(_kind, listener) { own.delete(listener); },
      close: () => all.delete(own),
    };
  };
}
