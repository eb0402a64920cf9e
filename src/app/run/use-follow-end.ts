import { useEffect, useLayoutEffect, useRef, type RefObject } from "react";
import { appRun } from "../app-run.ts";

/** Pixels below the window's edge at which the end still counts as in sight. */
const near = 96;

const inSight = (element: HTMLElement | null): boolean =>
  element !== null && element.getBoundingClientRect().bottom <= innerHeight + near;

/** Keeps the end of the run in sight while it grows, as long as the reader has not scrolled away from it. */
export function useFollowEnd(end: RefObject<HTMLElement | null>, active: boolean): void {
  const following = useRef(false);

  useEffect(() => {
    const look = (): void => { following.current = inSight(end.current); };
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look, { passive: true });
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [end]);

  useLayoutEffect(() => {
    if (!active) return undefined;
    following.current = inSight(end.current);
    let asked = 0;
    const follow = (): void => {
      asked = 0;
      const bottom = end.current?.getBoundingClientRect().bottom ?? 0;
      if (following.current && bottom > innerHeight) scrollBy({ top: bottom - innerHeight + 16, behavior: "instant" });
    };
    // After React has drawn the change, before the browser paints it or a frame later.
    const unsubscribe = appRun.store.subscribe(() => { if (asked === 0) asked = requestAnimationFrame(follow); });
    return () => {
      unsubscribe();
      cancelAnimationFrame(asked);
    };
  }, [end, active]);
}
