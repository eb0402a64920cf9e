import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { Choice, FileField, NumberField, TextField } from "./field.tsx";
import { limits } from "./settings.ts";
import { changeDraft, pickFile, useSettings } from "./settings-store.ts";

export function DraftSettings() {
  const words = useWords().settings.draft;
  const numbers = useNumbers();
  const draft = useSettings(({ settings }) => settings.draft);
  const file = useSettings((state) => state.file);
  const picked = file !== undefined ? words.picked(file.name, numbers.score(file.size / 1e6))
    : draft.fileName === "" ? undefined : words.pickAgain(draft.fileName);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <Choice
          label={words.source} value={draft.source} onChange={(source) => changeDraft({ source })}
          options={{ embedded: words.embedded, url: words.url, file: words.file }}
        />
      </div>
      {draft.source === "url" && (
        <div className="sm:col-span-2">
          <TextField label={words.urlLabel} note={words.urlNote} type="url" value={draft.url} placeholder="https://…/model.gguf" onChange={(url) => changeDraft({ url })} />
        </div>
      )}
      {draft.source === "file" && (
        <div className="sm:col-span-2">
          <FileField label={words.pick} accept=".gguf" onPick={pickFile} {...(picked === undefined ? {} : { note: picked })} />
        </div>
      )}
      {draft.source !== "embedded" && (
        <>
          <Choice
            label={words.format} note={words.formatNote} value={draft.format} onChange={(format) => changeDraft({ format })}
            options={{ auto: words.formatAuto, chatml: "ChatML (Qwen, QwQ)", "deepseek-r1": "DeepSeek R1", llama3: "Llama 3" }}
          />
          <NumberField
            label={words.context} note={words.contextNote} value={draft.contextTokens} limits={limits.draftContext}
            onChange={(contextTokens) => changeDraft({ contextTokens })}
          />
        </>
      )}
    </div>
  );
}
