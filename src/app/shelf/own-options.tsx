import { changeDraft, pickFile, useSettings } from "../settings/settings-store.ts";
import { ModelOption } from "./model-option.tsx";
import { OwnFields } from "./own-fields.tsx";
import { useShelfWords } from "./shelf-words.ts";

/** Models of one's own: any MLC model, any GGUF file. */
export function OwnOptions({ shows }: { readonly shows: (id: string) => boolean }) {
  const words = useShelfWords();
  const draft = useSettings(({ settings }) => settings.draft);
  const file = useSettings((state) => state.file);
  const chosen = draft.source;
  const fields = <OwnFields model={draft} file={file} change={changeDraft} pick={pickFile} />;
  return (
    <>
      {shows("mlc") && (
        <ModelOption name={words.mlc} checked={chosen === "mlc"} onChoose={() => changeDraft({ source: "mlc" })} facts={<p>{words.mlcNote}</p>}>
          {chosen === "mlc" && fields}
        </ModelOption>
      )}
      {shows("url") && (
        <ModelOption name={words.url} checked={chosen === "url"} onChoose={() => changeDraft({ source: "url" })}>
          {chosen === "url" && fields}
        </ModelOption>
      )}
      {shows("file") && (
        <ModelOption name={words.file} checked={chosen === "file"} onChoose={() => changeDraft({ source: "file" })}>
          {chosen === "file" && fields}
        </ModelOption>
      )}
    </>
  );
}
