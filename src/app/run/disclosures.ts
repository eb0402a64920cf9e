import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** What the reader has opened and closed by hand, which nothing else may change. */
const toggled = createStore<Readonly<Record<string, boolean>>>(() => ({}));

export function useDisclosure(name: string, openAtFirst: boolean) {
  const chosen = useStore(toggled, (state) => state[name]);
  const open = chosen ?? openAtFirst;
  return {
    open,
    toggle: (event: { readonly preventDefault: () => void }): void => {
      event.preventDefault();
      toggled.setState({ [name]: !open });
    },
  };
}
