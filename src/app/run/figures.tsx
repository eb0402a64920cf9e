import type { ReactNode } from "react";

type FiguresProps = { readonly title: ReactNode; readonly note?: string; readonly wide?: boolean; readonly bar?: ReactNode; readonly children: ReactNode };

export function Figures({ title, note, wide = false, bar, children }: FiguresProps) {
  return (
    <div className="grid gap-1.5 border-t border-line pt-2">
      <h3 className="text-[0.8125rem] font-medium">{title}</h3>
      {bar}
      <dl className={`grid gap-x-6 gap-y-1 ${wide ? "" : "grid-cols-2"}`}>{children}</dl>
      {note !== undefined && <p className="text-xs leading-snug text-quiet">{note}</p>}
    </div>
  );
}

type FigureProps = { readonly name: string; readonly value: string; readonly symbol?: ReactNode };

export function Figure({ name, value, symbol }: FigureProps) {
  return (
    <div className="flex items-baseline justify-between gap-2">
      <dt className="inline-flex items-center gap-1.5 self-center text-[0.8125rem] text-quiet">{symbol}{name}</dt>
      <dd className="text-end whitespace-nowrap tabular-nums">{value}</dd>
    </div>
  );
}
