import type { ReactNode } from "react";
import { isSha256, toldSource } from "../models/draft-source.ts";
import { Choice, TextField } from "../settings/field.tsx";
import { ContextField, FormatField, GgufFile } from "../settings/gguf-fields.tsx";
import { changeDraft, pickFile, useSettings } from "../settings/settings-store.ts";
import { useWords } from "../words/use-words.ts";
import { Speed } from "./catalogue-options.tsx";
import { ModelOption } from "./model-option.tsx";
import { useShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

/** Models of one's own: any MLC model, any GGUF file. */
export function OwnOptions({ shows }: { readonly shows: (id: string) => boolean }) {
  const words = useShelfWords();
  const chosen = useSettings(({ settings }) => settings.draft.source);
  return (
    <>
      {shows("mlc") && (
        <ModelOption name={words.mlc} checked={chosen === "mlc"} onChoose={() => changeDraft({ source: "mlc" })} facts={<p>{words.mlcNote}</p>}>
          {chosen === "mlc" && <Mlc />}
        </ModelOption>
      )}
      {shows("url") && (
        <ModelOption name={words.url} checked={chosen === "url"} onChoose={() => changeDraft({ source: "url" })}>
          {chosen === "url" && <Url />}
        </ModelOption>
      )}
      {shows("file") && (
        <ModelOption name={words.file} checked={chosen === "file"} onChoose={() => changeDraft({ source: "file" })}>
          {chosen === "file" && <Picked />}
        </ModelOption>
      )}
    </>
  );
}

function Kept() {
  const draft = useSettings(({ settings }) => settings.draft);
  const found = toldSource(draft, location.href);
  if (found === undefined || found.source.kind === "file" || found.source.kind === "catalogue") return null;
  return <div><Speed name={found.name} /><StoredModel target={found.source} name={found.name} /></div>;
}

const Fields = ({ children }: { readonly children: ReactNode }) => <div className="mt-1 grid gap-3 text-[0.9375rem]">{children}</div>;

/** Typed, and no address of the web. */
const wrong = (typed: string): boolean => typed.trim() !== "" && !/^https?:$/.test(URL.parse(typed.trim(), location.href)?.protocol ?? "");

function Mlc() {
  const words = useShelfWords();
  const { mlcUrl, mlcLib } = useSettings(({ settings }) => settings.draft);
  return (
    <Fields>
      <TextField label={words.mlcUrl} note={wrong(mlcUrl) ? words.notAnAddress : words.mlcUrlNote} alarm={wrong(mlcUrl)} type="url" value={mlcUrl} placeholder="https://huggingface.co/mlc-ai/…-MLC" onChange={(typed) => changeDraft({ mlcUrl: typed })} />
      <TextField label={words.mlcLib} note={wrong(mlcLib) ? words.notAnAddress : words.mlcLibNote} alarm={wrong(mlcLib)} type="url" value={mlcLib} placeholder="https://…-webgpu.wasm" onChange={(typed) => changeDraft({ mlcLib: typed })} />
      <Kept />
      <HowItIsUsed />
    </Fields>
  );
}

function Url() {
  const words = useShelfWords();
  const draftWords = useWords().settings.draft;
  const { url, sha256 } = useSettings(({ settings }) => settings.draft);
  const noHash = sha256.trim() !== "" && !isSha256(sha256);
  return (
    <Fields>
      <TextField label={draftWords.urlLabel} note={wrong(url) ? words.notAnAddress : draftWords.urlNote} alarm={wrong(url)} type="url" value={url} placeholder="https://…/model.gguf" onChange={(typed) => changeDraft({ url: typed })} />
      <TextField label={words.sha256} note={noHash ? words.sha256Wrong : words.sha256Note} alarm={noHash} value={sha256} onChange={(typed) => changeDraft({ sha256: typed })} />
      <Kept />
      <HowItIsUsed />
    </Fields>
  );
}

function Picked() {
  const fileName = useSettings(({ settings }) => settings.draft.fileName);
  const file = useSettings((state) => state.file);
  return (
    <Fields>
      <GgufFile file={file} fileName={fileName} onPick={pickFile} />
      <HowItIsUsed />
    </Fields>
  );
}

function HowItIsUsed() {
  const { instruction, instructions, instructionNote } = useShelfWords();
  const draft = useSettings(({ settings }) => settings.draft);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <FormatField value={draft.format} onChange={(format) => changeDraft({ format })} />
      <Choice label={instruction} note={instructionNote} value={draft.instruction} onChange={(chosen) => changeDraft({ instruction: chosen })} options={instructions} />
      <ContextField value={draft.contextTokens} onChange={(contextTokens) => changeDraft({ contextTokens })} />
    </div>
  );
}
