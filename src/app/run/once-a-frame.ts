/** Calls `draw` at most once a frame, with whatever happened since; `now` draws at once what is still due. */
export function onceAFrame(draw: () => void, request: (callback: () => void) => unknown) {
  let due = false;
  const now = (): void => {
    if (!due) return;
    due = false;
    draw();
  };
  return {
    now,
    ask(): void {
      if (due) return;
      due = true;
      request(now);
    },
  };
}
