import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { updateNow } from "./update-message.ts";

export type AppUpdate =
  | { readonly kind: "none" }
  /** A new version is here and waits; this page is of the old one. */
  | { readonly kind: "offered"; readonly worker: ServiceWorker }
  /** Another tab has started the new version; this one goes on with the old until it is reloaded. */
  | { readonly kind: "started-elsewhere" };

type State = {
  readonly update: AppUpdate;
  /** Tabs of an older version hold the stored runs, and this one waits for them. */
  readonly oldTabs: boolean;
};

export const updateStore = createStore<State>(() => ({ update: { kind: "none" }, oldTabs: false }));

let asked = false;

/** Looks again so often in a page that stays open. */
const lookAgainMilliseconds = 3_600_000;

/** From now on the app opens without a network; a new version is offered and never starts by itself. */
export async function keepAppOffline(container: ServiceWorkerContainer, address: string, reload: () => void): Promise<void> {
  // The first service worker takes over a page that is of its own version.
  let controlled = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    if (asked) reload();
    else if (controlled) updateStore.setState({ update: { kind: "started-elsewhere" } });
    controlled = true;
  });
  const registration = await container.register(address);
  const offer = (): void => {
    const worker = registration.waiting;
    if (worker !== null && container.controller !== null) updateStore.setState({ update: { kind: "offered", worker } });
  };
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") offer();
    });
  });
  offer();
  setInterval(() => void registration.update().catch(() => undefined), lookAgainMilliseconds);
}

/** Starts the version that waits; this page is then loaded again. */
export function startUpdate(): void {
  const { update } = updateStore.getState();
  if (update.kind === "offered") {
    asked = true;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    update.worker.postMessage(updateNow);
  } else if (update.kind === "started-elsewhere") location.reload();
}

export const useUpdate = (): AppUpdate => useStore(updateStore, ({ update }) => update);
