import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { Choice, FileField, NumberField, TextField } from "./field.tsx";
import { limits, type DeviceModel } from "./settings.ts";

type GgufFieldsProps = {
  readonly label: string;
  /** The built-in model's entry. */
  readonly embedded: string;
  readonly model: DeviceModel;
  readonly file: File | undefined;
  readonly onChange: (changes: Partial<DeviceModel>) => void;
  readonly onPick: (file: File) => void;
};

/** Which GGUF model, and how it is to be opened. */
export function GgufFields({ label, embedded, model, file, onChange, onPick }: GgufFieldsProps) {
  const words = useWords().settings.draft;
  const numbers = useNumbers();
  const picked = file !== undefined ? words.picked(file.name, numbers.score(file.size / 1e6))
    : model.fileName === "" ? undefined : words.pickAgain(model.fileName);
  return (
    <>
      <div className="sm:col-span-2">
        <Choice label={label} value={model.source} onChange={(source) => onChange({ source })} options={{ embedded, url: words.url, file: words.file }} />
      </div>
      {model.source === "url" && (
        <div className="sm:col-span-2">
          <TextField label={words.urlLabel} note={words.urlNote} type="url" value={model.url} placeholder="https://…/model.gguf" onChange={(url) => onChange({ url })} />
        </div>
      )}
      {model.source === "file" && (
        <div className="sm:col-span-2">
          <FileField label={words.pick} accept=".gguf" onPick={onPick} {...(picked === undefined ? {} : { note: picked })} />
        </div>
      )}
      {model.source !== "embedded" && (
        <>
          <Choice
            label={words.format} note={words.formatNote} value={model.format} onChange={(format) => onChange({ format })}
            options={{ auto: words.formatAuto, chatml: "ChatML (Qwen, QwQ)", "deepseek-r1": "DeepSeek R1", llama3: "Llama 3" }}
          />
          <NumberField
            label={words.context} note={words.contextNote} value={model.contextTokens} limits={limits.draftContext}
            onChange={(contextTokens) => onChange({ contextTokens })}
          />
        </>
      )}
    </>
  );
}
