import { useId } from "react";
import { useWords } from "../words/use-words.ts";
import { TextField } from "./field.tsx";
import { useKeyWords } from "./key-words.ts";
import { endpointKey, useEndpointKey } from "./settings-store.ts";

/** The key of the endpoint's origin. */
export function KeyField({ onChange }: { readonly onChange: () => void }) {
  const label = useWords().settings.base.key;
  const words = useKeyWords();
  const { key, remember, trouble } = useEndpointKey((state) => state);
  const id = useId();
  const { remembers } = endpointKey;
  return (
    <div className="grid content-start gap-2">
      <TextField
        label={label} note={trouble === "no-key" ? words.noKey : words.bound} alarm={trouble === "no-key"} type="password" value={key}
        onChange={(typed) => { onChange(); void endpointKey.enter(typed); }}
      />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label className="flex items-center gap-2">
          <input
            type="checkbox" checked={remember} disabled={!remembers} aria-describedby={id}
            onChange={(event) => void endpointKey.remember(event.target.checked)}
          />
          {words.remember}
        </label>
        {key !== "" && <button type="button" className="button" onClick={() => { onChange(); void endpointKey.forget(); }}>{words.forget}</button>}
      </div>
      <p id={id} className={`text-[0.8125rem] leading-snug ${trouble === "not-stored" ? "text-alarm" : "text-quiet"}`}>
        {trouble === "not-stored" ? words.notStored : remembers ? words.limits : words.cannot}
      </p>
    </div>
  );
}
