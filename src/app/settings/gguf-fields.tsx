import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { Choice, FileField, NumberField } from "./field.tsx";
import { limits, type DeviceModel } from "./settings.ts";
import { Saying } from "../text/outside-text.tsx";

type GgufFileProps = {
  /** Picked since the page was loaded. */
  readonly file: File | undefined;
  /** Picked last. */
  readonly fileName: string;
  readonly onPick: (file: File) => void;
};

export function GgufFile({ file, fileName, onPick }: GgufFileProps) {
  const words = useWords().settings.draft;
  const numbers = useNumbers();
  const say = file === undefined ? words.pickAgain : (name: string) => words.picked(name, numbers.score(file.size / 1e6));
  const picked = file?.name ?? fileName;
  return <FileField label={words.pick} accept=".gguf" onPick={onPick} {...(picked === "" ? {} : { note: <Saying say={(name = "") => say(name)} names={[picked]} /> })} />;
}

type FieldOf<Value> = { readonly value: Value; readonly onChange: (value: Value) => void };

export function FormatField(field: FieldOf<DeviceModel["format"]>) {
  const words = useWords().settings.draft;
  return (
    <Choice
      {...field} label={words.format} note={words.formatNote}
      options={{ auto: words.formatAuto, chatml: "ChatML (Qwen, QwQ)", "deepseek-r1": "DeepSeek R1", llama3: "Llama 3" }}
    />
  );
}

export function ContextField(field: FieldOf<number>) {
  const words = useWords().settings.draft;
  return <NumberField {...field} label={words.context} note={words.contextNote} limits={limits.draftContext} />;
}
