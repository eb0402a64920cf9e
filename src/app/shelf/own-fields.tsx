import { isSha256, toldSource } from "../models/draft-source.ts";
import { Choice, TextField } from "../settings/field.tsx";
import { ContextField, FormatField, GgufFile } from "../settings/gguf-fields.tsx";
import type { DeviceModel } from "../settings/settings.ts";
import { useWords } from "../words/use-words.ts";
import { Speed } from "./catalogue-options.tsx";
import { useShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

type OwnFieldsProps = {
  readonly model: DeviceModel;
  /** Picked since the page was loaded. */
  readonly file: File | undefined;
  readonly change: (changes: Partial<DeviceModel>) => void;
  readonly pick: (file: File) => void;
};

/** Where a model of one's own comes from, and how it is to be used. */
export function OwnFields({ model, file, change, pick }: OwnFieldsProps) {
  return (
    <div className="mt-1 grid gap-3 text-[0.9375rem]">
      {model.source === "mlc" && <Mlc model={model} change={change} />}
      {model.source === "url" && <Url model={model} change={change} />}
      {model.source === "file" && <GgufFile file={file} fileName={model.fileName} onPick={pick} />}
      <Kept model={model} />
      <HowItIsUsed model={model} change={change} />
    </div>
  );
}

type FieldsProps = Pick<OwnFieldsProps, "model" | "change">;

/** Typed, and no address of the web. */
const wrong = (typed: string): boolean => typed.trim() !== "" && !/^https?:$/.test(URL.parse(typed.trim(), location.href)?.protocol ?? "");

function Mlc({ model: { mlcUrl, mlcLib }, change }: FieldsProps) {
  const words = useShelfWords();
  return (
    <>
      <TextField label={words.mlcUrl} note={wrong(mlcUrl) ? words.notAnAddress : words.mlcUrlNote} alarm={wrong(mlcUrl)} type="url" value={mlcUrl} placeholder="https://huggingface.co/mlc-ai/…-MLC" onChange={(typed) => change({ mlcUrl: typed })} />
      <TextField label={words.mlcLib} note={wrong(mlcLib) ? words.notAnAddress : words.mlcLibNote} alarm={wrong(mlcLib)} type="url" value={mlcLib} placeholder="https://…-webgpu.wasm" onChange={(typed) => change({ mlcLib: typed })} />
    </>
  );
}

function Url({ model: { url, sha256 }, change }: FieldsProps) {
  const words = useShelfWords();
  const draftWords = useWords().settings.draft;
  const noHash = sha256.trim() !== "" && !isSha256(sha256);
  return (
    <>
      <TextField label={draftWords.urlLabel} note={wrong(url) ? words.notAnAddress : draftWords.urlNote} alarm={wrong(url)} type="url" value={url} placeholder="https://…/model.gguf" onChange={(typed) => change({ url: typed })} />
      <TextField label={words.sha256} note={noHash ? words.sha256Wrong : words.sha256Note} alarm={noHash} value={sha256} onChange={(typed) => change({ sha256: typed })} />
    </>
  );
}

function Kept({ model }: Pick<FieldsProps, "model">) {
  const found = toldSource(model, location.href);
  if (found === undefined || found.source.kind === "file" || found.source.kind === "catalogue") return null;
  return <div><Speed name={found.name} /><StoredModel target={found.source} name={found.name} /></div>;
}

function HowItIsUsed({ model, change }: FieldsProps) {
  const { instruction, instructions, instructionNote } = useShelfWords();
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <FormatField value={model.format} onChange={(format) => change({ format })} />
      <Choice label={instruction} note={instructionNote} value={model.instruction} onChange={(chosen) => change({ instruction: chosen })} options={instructions} />
      <ContextField value={model.contextTokens} onChange={(contextTokens) => change({ contextTokens })} />
    </div>
  );
}
