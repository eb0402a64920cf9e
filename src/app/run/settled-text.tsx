import { useRef } from "react";
import { appRun } from "../app-run.ts";
import { RichText } from "../text/rich-text.tsx";
import { visibleText } from "../text/visible-text.ts";
import { useNear } from "./use-near.ts";

/** Steps that arrive one by one are typeset as they come, all others once they are near. */
const arriving = (): boolean => appRun.store.getState().work.kind === "reasoning";

type SettledTextProps = {
  readonly text: string;
  /** Part of a group that is put together anew: it was read already, and waits until it is near again. */
  readonly grouped?: boolean;
};

/** Text that changes no more: as it was written until it comes near the window, then typeset. */
export function SettledText({ text, grouped = false }: SettledTextProps) {
  const place = useRef<HTMLDivElement>(null);
  const near = useNear(place, () => !grouped && arriving());
  return <div ref={place}>{near ? <RichText text={text} /> : <p className="whitespace-pre-wrap">{visibleText(text)}</p>}</div>;
}
