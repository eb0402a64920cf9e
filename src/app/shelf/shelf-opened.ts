import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const opened = createStore<{ readonly opened: boolean }>(() => ({ opened: false }));

/** Looks at the device and at what is stored, each time the shelf comes into sight. */
export async function openShelf(): Promise<void> {
  opened.setState({ opened: true });
  const { arrangeShelf } = await import("./shelf-store.ts");
  await arrangeShelf();
}

/** Whether the shelf was in sight since the page was loaded. */
export const useShelfOpened = (): boolean => useStore(opened, (state) => state.opened);
