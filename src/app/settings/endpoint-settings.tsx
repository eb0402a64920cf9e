import { useRef, useState } from "react";
import type { Capabilities } from "../../models/endpoint/capabilities.ts";
import { testEndpoint, type BaseSource } from "../models/open-models.ts";
import { troubleOf, type ProblemKind } from "../trouble.ts";
import { useWords } from "../words/use-words.ts";
import { Findings } from "./findings.tsx";
import { endpointAddress } from "./endpoint-address.ts";
import { TextField } from "./field.tsx";
import { KeyField } from "./key-field.tsx";
import { PriceSettings } from "./price-settings.tsx";
import { defaultSessionHeader, sessionHeaderOf } from "./session-header.ts";
import { changeBase, useEndpointKey, useSettings } from "./settings-store.ts";
import { OutsideText, Saying } from "../text/outside-text.tsx";

type Test =
  | { readonly kind: "none" | "asking" }
  | { readonly kind: "works"; readonly models: readonly string[]; readonly found: Capabilities }
  | { readonly kind: "fails"; readonly problem: ProblemKind; readonly message: string };

/** Where the endpoint is, what it is called by, and whether it answers. */
export function EndpointSettings() {
  const words = useWords();
  const { url, model, sessionHeader } = useSettings(({ settings }) => settings.base);
  const apiKey = useEndpointKey(({ key }) => key);
  const [test, setTest] = useState<Test>({ kind: "none" });
  const asking = useRef<AbortController>(undefined);
  const address = endpointAddress(url, location.href);
  const header = sessionHeaderOf(sessionHeader);

  async function ask(): Promise<void> {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    setTest({ kind: "asking" });
    const answer = await askEndpoint(address?.href, { apiKey, model, sessionHeader: header ?? defaultSessionHeader }, controller.signal);
    if (!controller.signal.aborted) setTest(answer);
  }

  /** What was found out is of the address and key before. */
  function forget(): void {
    asking.current?.abort();
    setTest({ kind: "none" });
  }

  return (
    <>
      <div className="sm:col-span-2">
        <TextField
          label={words.settings.base.url} note={address === undefined ? words.problems["wrong-path"].todo : words.settings.base.urlNote}
          alarm={address === undefined} value={url} placeholder="http://localhost:8000"
          onChange={(typed) => { forget(); changeBase({ url: typed }); }}
        />
      </div>
      <TextField
        label={words.settings.base.model} note={words.settings.base.modelNote} value={model} placeholder={words.settings.base.modelAuto}
        suggestions={test.kind === "works" ? test.models : []} onChange={(typed) => changeBase({ model: typed })}
      />
      <KeyField onChange={forget} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 sm:col-span-2">
        <button type="button" className="button" onClick={() => void ask()}>{words.settings.base.test}</button>
        <output className="block min-w-0 grow basis-64 text-[0.8125rem]">
          {test.kind === "asking" && words.settings.base.testing}
          {test.kind === "works" && <Saying say={(...models) => words.settings.base.works(models.join(", "))} names={test.models} />}
          {test.kind === "fails" && (
            <span className="grid gap-1">
              <span className="text-alarm">
                {words.problems[test.problem].what} {words.problems[test.problem].todo.replace("THIS_ORIGIN", location.origin)}
              </span>
              {test.message !== "" && <span className="text-quiet" lang="en"><OutsideText text={test.message} /></span>}
            </span>
          )}
        </output>
        {test.kind === "works" && <Findings findings={test.found.findings} />}
      </div>
      <div className="sm:col-span-2">
        <TextField
          label={words.settings.base.sessionHeader} alarm={header === undefined} value={sessionHeader} placeholder={defaultSessionHeader}
          note={header === undefined ? words.settings.base.noHeader : words.settings.base.sessionHeaderNote}
          onChange={(typed) => { forget(); changeBase({ sessionHeader: typed }); }}
        />
      </div>
      {address !== undefined && <PriceSettings endpoint={address.href} model={model} />}
    </>
  );
}

async function askEndpoint(baseUrl: string | undefined, source: Omit<BaseSource, "baseUrl">, signal: AbortSignal): Promise<Test> {
  if (baseUrl === undefined) return { kind: "fails", problem: "wrong-path", message: "" };
  try {
    const found = await testEndpoint({ baseUrl, ...source }, signal);
    return { kind: "works", found, models: found.models.length === 0 ? [found.model] : found.models.map(({ id }) => id) };
  } catch (thrown) {
    return { kind: "fails", problem: troubleOf(thrown, "problem").kind, message: thrown instanceof Error ? thrown.message : "" };
  }
}
