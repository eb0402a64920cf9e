const place = (value: number): number => 4 + value * 7;
const ticks = Array.from({ length: 10 }, (_, digit) => `M${place(digit)} 5.5v3`).join("");

/** The score's place between 0 and 9, and the threshold's; beside the number, which says the same. */
export function ScoreScale({ score, threshold }: { readonly score: number; readonly threshold: number }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 71 14" className="h-3.5 w-9 shrink-0 sm:w-[4.4rem]" stroke="currentColor" fill="currentColor">
      <path d={ticks} strokeWidth="1" opacity="0.5" />
      <path d={`M${place(threshold)} 1.5v11`} strokeWidth="1.25" />
      <circle cx={place(score)} cy="7" r="3" strokeWidth="1.5" className={score >= threshold ? "" : "fill-paper"} />
    </svg>
  );
}
