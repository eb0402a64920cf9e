import { useEffect, useState, type RefObject } from "react";
import { flushSync } from "react-dom";

/** Steps are typeset so near to the window, and groups of steps looked into. CSS pixels. */
const margins = { step: "1500px 0px", group: "3000px 0px" } as const;

/** Milliseconds of a frame that drawing may take: what the browser then lays out and paints takes as long again. */
const share = 3;

/** Told once, when an element first comes near the window. */
const waiting = new Map<Element, () => void>();
/** Waiting elements by the group they stand in: only those of a group that is near are watched one by one. */
const members = new Map<Element, Set<Element>>();
const nearGroups = new Set<Element>();
/** Near and not yet drawn, in the order in which they came. */
const queue = new Set<Element>();
/** Groups that are drawn in the end, wherever they are: whoever searches the page finds them. */
const undrawn = new Map<Element, () => void>();
let observers: { readonly step: IntersectionObserver; readonly group: IntersectionObserver } | undefined;
let asked = false;

const distance = ({ boundingClientRect: { top, bottom } }: IntersectionObserverEntry): number => Math.abs((top + bottom - innerHeight) / 2);

function observersOf(): NonNullable<typeof observers> {
  observers ??= {
    step: new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries.toSorted((one, other) => distance(one) - distance(other))) {
        if (isIntersecting && waiting.has(target)) queue.add(target);
        // What was scrolled past before its turn came need not be drawn now.
        else queue.delete(target);
      }
      ask();
    }, { rootMargin: margins.step }),
    group: new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) {
          nearGroups.add(target);
          if (undrawn.has(target)) queue.add(target);
        } else nearGroups.delete(target);
        for (const element of members.get(target) ?? []) {
          if (isIntersecting) observersOf().step.observe(element);
          else {
            observersOf().step.unobserve(element);
            queue.delete(element);
          }
        }
      }
      ask();
    }, { rootMargin: margins.group }),
  };
  return observers;
}

function ask(): void {
  if (asked || (queue.size === 0 && undrawn.size === 0)) return;
  asked = true;
  requestAnimationFrame(draw);
}

/** As many as the frame has time for, at least one. */
function draw(): void {
  asked = false;
  const end = performance.now() + share;
  do {
    const [element = undrawn.keys().next().value] = queue;
    if (element === undefined) return;
    queue.delete(element);
    const come = waiting.get(element) ?? undrawn.get(element);
    undrawn.delete(element);
    if (come !== undefined) flushSync(come);
  } while (performance.now() < end);
  ask();
}

// On paper everything is near.
if ("addEventListener" in globalThis) {
  addEventListener("beforeprint", () => flushSync(() => {
    for (const come of [...undrawn.values(), ...waiting.values()]) come();
  }));
}

function observeStep(element: Element, come: () => void): () => void {
  const group = element.closest("[data-group]");
  waiting.set(element, come);
  if (group !== null) members.set(group, (members.get(group) ?? new Set()).add(element));
  if (group === null || nearGroups.has(group)) observersOf().step.observe(element);
  return () => {
    waiting.delete(element);
    queue.delete(element);
    observersOf().step.unobserve(element);
    if (group !== null) members.get(group)?.delete(element);
  };
}

function observeGroup(element: Element, come: (() => void) | undefined): () => void {
  if (come !== undefined) undrawn.set(element, come);
  observersOf().group.observe(element);
  ask();
  return () => {
    undrawn.delete(element);
    queue.delete(element);
    if (come !== undefined) return;
    nearGroups.delete(element);
    members.delete(element);
    observersOf().group.unobserve(element);
  };
}

/**
 * Whether an element has been near the window yet, from the start where `atOnce` says so. A long run opened from storage
 * would otherwise be parsed and typeset all at once.
 */
export function useNear(place: RefObject<Element | null>, atOnce: () => boolean): boolean {
  const [near, setNear] = useState(atOnce);
  useEffect(() => {
    const element = place.current;
    if (near || element === null) return undefined;
    return observeStep(element, () => setNear(true));
  }, [near, place]);
  return near;
}

/** Whether a group of steps, marked by `data-group`, is to be drawn yet: near ones first, then one after another. */
export function useGroup(place: RefObject<Element | null>, atOnce: () => boolean): boolean {
  const [drawn, setDrawn] = useState(atOnce);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    return observeGroup(element, drawn ? undefined : () => setDrawn(true));
  }, [drawn, place]);
  return drawn;
}
