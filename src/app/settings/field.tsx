import { useId, useState, type ReactNode } from "react";
import { useWords } from "../words/use-words.ts";

type FieldProps = { readonly label: string; readonly note?: ReactNode; readonly alarm?: boolean };
type Control = { readonly id: string; readonly "aria-describedby"?: string; readonly className: string };

function Field({ label, note, alarm = false, render }: FieldProps & { readonly render: (props: Control) => ReactNode }) {
  const id = useId();
  const noted = note !== undefined && note !== "";
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="font-medium">{label}</label>
      {render({ id, className: "field", ...(noted ? { "aria-describedby": `${id}-note` } : {}) })}
      {noted && <p id={`${id}-note`} className={`text-[0.8125rem] leading-snug ${alarm ? "text-alarm" : "text-quiet"}`}>{note}</p>}
    </div>
  );
}

type ChoiceProps<Value extends string> = FieldProps & {
  readonly value: Value;
  readonly options: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
};

export function Choice<Value extends string>({ value, options, onChange, ...field }: ChoiceProps<Value>) {
  const isValue = (text: string): text is Value => Object.hasOwn(options, text);
  const values = Object.keys(options).filter(isValue);
  return (
    <Field
      {...field}
      render={(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => {
            if (isValue(event.target.value)) onChange(event.target.value);
          }}
        >
          {values.map((one) => <option key={one} value={one}>{options[one]}</option>)}
        </select>
      )}
    />
  );
}

type TextProps = FieldProps & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "url" | "password";
  readonly placeholder?: string;
  readonly suggestions?: readonly string[];
};

export function TextField({ value, onChange, type = "text", placeholder, suggestions = [], ...field }: TextProps) {
  const list = useId();
  return (
    <Field
      {...field}
      render={(control) => (
        <>
          <input
            {...control} type={type} value={value} placeholder={placeholder} aria-invalid={field.alarm}
            autoComplete="off" autoCapitalize="off" spellCheck={false} list={suggestions.length === 0 ? undefined : list}
            onChange={(event) => onChange(event.target.value)}
          />
          {suggestions.length > 0 && <datalist id={list}>{suggestions.map((one) => <option key={one} value={one}>{one}</option>)}</datalist>}
        </>
      )}
    />
  );
}

type NumberProps = FieldProps & {
  readonly value: number;
  readonly limits: { readonly least: number; readonly most: number; readonly whole: boolean };
  readonly onChange: (value: number) => void;
};

/** What is typed stays as typed; it counts once it is a number within the limits. */
export function NumberField({ value, limits, onChange, note, ...field }: NumberProps) {
  const words = useWords();
  const [typed, setTyped] = useState<string>();
  const { least, most, whole } = limits;
  const read = (text: string): number | undefined => {
    const number = text.trim() === "" ? Number.NaN : Number(text);
    return number >= least && number <= most && (!whole || Number.isInteger(number)) ? number : undefined;
  };
  const wrong = typed !== undefined && read(typed) === undefined;
  return (
    <Field
      {...field}
      note={wrong ? words.settings.policy.outOf(least, most) : note}
      alarm={wrong}
      render={(control) => (
        <input
          {...control} type="number" min={least} max={most} step={whole ? 1 : "any"} value={typed ?? value} aria-invalid={wrong}
          onChange={(event) => {
            setTyped(event.target.value);
            const number = read(event.target.value);
            if (number !== undefined) onChange(number);
          }}
          onBlur={() => { if (!wrong) setTyped(undefined); }}
        />
      )}
    />
  );
}

type FileProps = FieldProps & { readonly accept: string; readonly onPick: (file: File) => void };

export function FileField({ accept, onPick, ...field }: FileProps) {
  return (
    <Field
      {...field}
      render={(control) => (
        <input
          {...control} type="file" accept={accept}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file !== undefined) onPick(file);
          }}
        />
      )}
    />
  );
}
