import type { ReactNode } from "react";
import { draftSource, isSha256, type DraftSource } from "../models/draft-source.ts";
import { Choice, FileField, NumberField, TextField } from "../settings/field.tsx";
import { limits, type Settings } from "../settings/settings.ts";
import { changeDraft, pickFile, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { Speed } from "./catalogue-options.tsx";
import { ModelOption } from "./model-option.tsx";
import { useShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

/** Models of one's own: any MLC model, any GGUF file. */
export function OwnOptions() {
  const words = useShelfWords();
  const chosen = useSettings(({ settings }) => settings.draft.source);
  return (
    <>
      <ModelOption name={words.mlc} checked={chosen === "mlc"} onChoose={() => changeDraft({ source: "mlc" })} facts={<p>{words.mlcNote}</p>}>
        {chosen === "mlc" && <Mlc />}
      </ModelOption>
      <ModelOption name={words.url} checked={chosen === "url"} onChoose={() => changeDraft({ source: "url" })}>
        {chosen === "url" && <Url />}
      </ModelOption>
      <ModelOption name={words.file} checked={chosen === "file"} onChoose={() => changeDraft({ source: "file" })}>
        {chosen === "file" && <Picked />}
      </ModelOption>
    </>
  );
}

/** The model the fields tell of, once they do. */
function sourceOf(draft: Settings["draft"]): DraftSource | undefined {
  try {
    return draftSource(draft, undefined, location.href);
  } catch {
    return undefined;
  }
}

function Kept() {
  const draft = useSettings(({ settings }) => settings.draft);
  const found = sourceOf(draft);
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
  const words = useWords().settings.draft;
  const numbers = useNumbers();
  const fileName = useSettings(({ settings }) => settings.draft.fileName);
  const file = useSettings((state) => state.file);
  const note = file !== undefined ? words.picked(file.name, numbers.score(file.size / 1e6)) : fileName === "" ? undefined : words.pickAgain(fileName);
  return (
    <Fields>
      <FileField label={words.pick} accept=".gguf" onPick={pickFile} {...(note === undefined ? {} : { note })} />
      <HowItIsUsed />
    </Fields>
  );
}

function HowItIsUsed() {
  const words = useWords().settings.draft;
  const { instruction, instructions, instructionNote } = useShelfWords();
  const draft = useSettings(({ settings }) => settings.draft);
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Choice
        label={words.format} note={words.formatNote} value={draft.format} onChange={(format) => changeDraft({ format })}
        options={{ auto: words.formatAuto, chatml: "ChatML (Qwen, QwQ)", "deepseek-r1": "DeepSeek R1", llama3: "Llama 3" }}
      />
      <Choice label={instruction} note={instructionNote} value={draft.instruction} onChange={(chosen) => changeDraft({ instruction: chosen })} options={instructions} />
      <NumberField
        label={words.context} note={words.contextNote} value={draft.contextTokens} limits={limits.draftContext}
        onChange={(contextTokens) => changeDraft({ contextTokens })}
      />
    </div>
  );
}
