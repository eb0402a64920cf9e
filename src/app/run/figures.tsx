import type { ReactNode } from "react";

type FiguresProps = { readonly title: string; readonly note?: string; readonly wide?: boolean; readonly children: ReactNode };

export function Figures({ title, note, wide = false, children }: FiguresProps) {
  return (
    <div className="grid gap-1.5 border-t border-line pt-2">
      <h3 className="text-[0.8125rem] font-medium">{title}</h3>
      <dl className={`grid gap-x-6 gap-y-1 ${wide ? "" : "grid-cols-2"}`}>{children}</dl>
      {note !== undefined && <p className="text-xs leading-snug text-quiet">{note}</p>}
    </div>
  );
}

export function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="flex items-baseline justify-between gap-2">
      <dt className="text-[0.8125rem] text-quiet">{name}</dt>
      <dd className="text-end whitespace-nowrap tabular-nums">{value}</dd>
    </div>
  );
}
