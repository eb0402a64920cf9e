import type { ReactNode } from "react";
import { missingLimits, modelCatalogue } from "../../models/model-catalogue.ts";
import { ggufCatalogue } from "../../models/gguf-catalogue.ts";
import { modelFolder } from "../../models/webllm/model-cache.ts";
import { targetId } from "../models/downloads.ts";
import { toldSource } from "../models/draft-source.ts";
import type { Machine } from "../models/machine.ts";
import { Disclosure } from "../run/disclosure.tsx";
import { changeDraft, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { byteWords } from "./byte-words.ts";
import { CpuOptions, GpuOptions, Speed } from "./catalogue-options.tsx";
import { ownSources, shelfIds } from "./front-models.ts";
import { ModelOption } from "./model-option.tsx";
import { OtherModels } from "./other-models.tsx";
import { OwnOptions } from "./own-options.tsx";
import { useShelf } from "./shelf-store.ts";
import { useShelfWords, type ShelfWords } from "./shelf-words.ts";

/** The draft models there are to choose, what they need, and what of them is on this device. */
export function ModelShelf() {
  const words = useShelfWords();
  const embedded = useSettings(({ settings }) => settings.draft.source === "embedded");
  const machine = useShelf((state) => state.machine);
  const front = useShelf((state) => state.front);
  const inFront = (id: string): boolean => front?.has(id) === true;
  const behind = (id: string): boolean => !inFront(id);
  const note = machine === undefined ? undefined : gpuNote(machine, words);
  return (
    <fieldset className="grid gap-3">
      <legend className="sr-only">{words.legend}</legend>
      {note !== undefined && <p role="note" className="rounded-md bg-edge-soft px-3 py-2">{note}</p>}
      <div className="divide-y divide-line border-y border-line">
        <ModelOption
          name={words.builtIn} checked={embedded} onChoose={() => changeDraft({ source: "embedded" })}
          facts={<><p>{words.builtInFacts}</p><Speed name="arithmetic-draft" /></>}
        />
        <GpuOptions shows={inFront} />
        <CpuOptions shows={inFront} />
        <OwnOptions shows={inFront} />
      </div>
      <Disclosure name="shelf" title={words.more(shelfIds.filter(behind).length)}>
        <div className="mt-2 grid gap-3">
          {modelCatalogue.some(({ id }) => behind(id)) && <Group title={words.onGpu}><GpuOptions shows={behind} /></Group>}
          {ggufCatalogue.some(({ id }) => behind(id)) && <Group title={words.onCpu}><CpuOptions shows={behind} /></Group>}
          {ownSources.some(behind) && <Group title={words.own}><OwnOptions shows={behind} /></Group>}
        </div>
      </Disclosure>
      <Kept />
    </fieldset>
  );
}

/** What kind of GPU there is not, and what works instead. */
function gpuNote({ gpu }: Machine, words: ShelfWords): string | undefined {
  if (gpu === undefined) return words.noGpu;
  if (missingLimits(gpu.limits).length > 0) return words.smallGpu;
  return gpu.isFallbackAdapter === true ? words.softwareGpu : undefined;
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h4 className="section-title pb-1">{title}</h4>
      <div className="divide-y divide-line border-y border-line">{children}</div>
    </div>
  );
}

/** How much all models take, and what is kept that no entry above shows. */
function Kept() {
  const words = useShelfWords();
  const numbers = useNumbers();
  const { stored, machine } = useShelf((state) => state);
  const draft = useSettings(({ settings }) => settings.draft);
  if (stored === undefined) return null;
  const bytes = [...stored.files, ...stored.webLlm].reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const shown = new Set(modelCatalogue.flatMap(({ variants }) => [variants.f16, variants.f32]).flatMap((variant) => (variant === undefined ? [] : [modelFolder(variant.modelUrl)])));
  const chosen = toldSource(draft, location.href)?.source;
  if (chosen?.kind === "gguf" || chosen?.kind === "webllm") shown.add(targetId(chosen));
  return (
    <>
      <OtherModels shown={shown} />
      {bytes > 0 && <p className="text-[0.8125rem] text-quiet">{words.total(byteWords(bytes, numbers))} {machine?.persisted === true ? words.persisted : words.notPersisted}</p>}
    </>
  );
}
