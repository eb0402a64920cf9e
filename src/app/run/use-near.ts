import { useEffect, useState, type RefObject } from "react";
import { appRun } from "../app-run.ts";

/** Told once, when an element first comes near the window. One observer for all. */
const waiting = new Map<Element, () => void>();
let observer: IntersectionObserver | undefined;

function observe(element: Element, come: () => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) waiting.get(target)?.();
  }, { rootMargin: "1500px 0px" });
  waiting.set(element, come);
  observer.observe(element);
  return () => {
    waiting.delete(element);
    observer?.unobserve(element);
  };
}

/**
 * Whether an element has been near the window yet. A long run opened from storage would otherwise be parsed and typeset
 * all at once; steps that arrive one by one are drawn as they come.
 */
export function useNear(place: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(() => appRun.store.getState().work.kind === "reasoning");
  useEffect(() => {
    const element = place.current;
    if (near || element === null) return undefined;
    return observe(element, () => setNear(true));
  }, [near, place]);
  return near;
}
