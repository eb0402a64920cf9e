import type { ReactNode } from "react";
import { targetId, type Download } from "../models/downloads.ts";
import type { ModelTarget } from "../models/draft-source.ts";
import { modelDownloads } from "../models/model-storage.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { byteWords } from "./byte-words.ts";
import { deleteFromShelf, onDevice, useDownload, useShelf } from "./shelf-store.ts";
import { useShelfWords } from "./shelf-words.ts";
import { OutsideText } from "../text/outside-text.tsx";

type StoredModelProps = { readonly target: ModelTarget; readonly name: string };

/** Downloading, pausing, resuming and deleting one model. */
export function StoredModel({ target, name }: StoredModelProps) {
  const words = useShelfWords();
  const numbers = useNumbers();
  const download = useDownload(target);
  const kept = onDevice(useShelf(({ stored }) => stored), target);
  const bytes = (count: number): string => byteWords(count, numbers);
  const begin = (): void => modelDownloads.begin(target);
  if (download?.kind === "running") return <Running target={target} name={name} download={download} />;
  return (
    <div className="grid gap-1">
      {download?.kind === "failed" && <Failure download={download} />}
      <div className="flex flex-wrap items-center gap-x-2">
        {kept !== undefined && (
          <span className="text-quiet tabular-nums">
            {kept.complete ? words.stored(bytes(kept.bytes)) : kept.total === undefined ? words.partlyOfUnknown(bytes(kept.bytes)) : words.partly(bytes(kept.bytes), bytes(kept.total))}
          </span>
        )}
        {kept === undefined && <Button label={words.downloadOf(name)} onClick={begin}>{words.download}</Button>}
        {kept?.complete === false && <Button label={words.resumeOf(name)} onClick={begin}>{words.resume}</Button>}
        {kept !== undefined && <Button label={words.removeOf(name)} onClick={() => void deleteFromShelf(target)}>{words.remove}</Button>}
      </div>
    </div>
  );
}

const Button = ({ label, onClick, children }: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) => (
  <button type="button" className="button-quiet -ms-2 text-ink underline underline-offset-2" aria-label={label} onClick={onClick}>{children}</button>
);

function Failure({ download: { trouble } }: { readonly download: Extract<Download, { kind: "failed" }> }) {
  const { failed } = useShelfWords();
  const { problems } = useWords();
  const { what, todo } = failed[trouble.kind] ?? problems[trouble.kind];
  return <p role="alert" className="text-alarm">{what} {todo} <span lang="en">(<OutsideText text={trouble.message} />)</span></p>;
}

function Running({ target, name, download: { bytes, total, bytesPerSecond } }: StoredModelProps & { readonly download: Extract<Download, { kind: "running" }> }) {
  const words = useShelfWords();
  const numbers = useNumbers();
  const size = (count: number): string => byteWords(count, numbers);
  const left = total === undefined || bytesPerSecond === undefined || bytesPerSecond <= 0 ? undefined : (total - bytes) / bytesPerSecond;
  const parts = bytes === 0 ? [words.starting] : [
    total === undefined ? size(bytes) : words.arrived(size(bytes), size(total)),
    ...(bytesPerSecond === undefined ? [] : [words.perSecond(size(bytesPerSecond))]),
    ...(left === undefined ? [] : [words.left(left < 90 ? words.seconds(numbers.count(Math.ceil(left))) : words.minutes(numbers.count(left / 60)))]),
  ];
  return (
    <div className="grid gap-1">
      <progress className="h-1.5 w-full text-edge" aria-label={words.progressOf(name)} {...(total === undefined ? {} : { value: bytes, max: total })} />
      <div className="flex flex-wrap items-center gap-x-2">
        <span className="text-quiet tabular-nums">{parts.join(" · ")}</span>
        <Button label={words.pauseOf(name)} onClick={() => modelDownloads.pause(targetId(target))}>{words.pause}</Button>
      </div>
    </div>
  );
}
