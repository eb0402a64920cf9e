import { useId, type ReactNode } from "react";

type ModelOptionProps = {
  readonly name: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
  /** A word or two beside the name. */
  readonly badge?: string | undefined;
  /** What it is and whether it fits; read out with the choice. */
  readonly facts?: ReactNode;
  /** What can be done with it, and what belongs to it. */
  readonly children?: ReactNode;
};

/** One model to choose. */
export function ModelOption({ name, checked, onChoose, badge, facts, children }: ModelOptionProps) {
  const id = useId();
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 py-2">
      <input type="radio" name="draft-model" id={id} className="mt-1 size-4 accent-edge" checked={checked} onChange={onChoose} {...(facts === undefined ? {} : { "aria-describedby": `${id}-facts` })} />
      <div className="grid gap-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <label htmlFor={id} className="font-medium">{name}</label>
          {badge !== undefined && <span className="rounded bg-edge-soft px-1.5 text-xs font-medium text-edge">{badge}</span>}
        </div>
        {facts !== undefined && <div id={`${id}-facts`} className="grid gap-0.5 text-[0.8125rem] leading-snug text-quiet">{facts}</div>}
        {children !== undefined && <div className="text-[0.8125rem]">{children}</div>}
      </div>
    </div>
  );
}
