import { ggufCatalogue, type GgufModel } from "../../models/gguf-catalogue.ts";
import { fits, modelCatalogue, type CatalogueModel, type Fit } from "../../models/model-catalogue.ts";
import { perSecond, readSpeeds } from "../models/kept-speeds.ts";
import { measuredSpeed } from "../models/measured-speeds.ts";
import { changeDraft, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { byteWords } from "./byte-words.ts";
import { recommendedHere } from "./front-models.ts";
import { ModelOption } from "./model-option.tsx";
import { onDevice, useShelf } from "./shelf-store.ts";
import { useShelfWords, type ShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

const useChosen = (id: string): boolean => useSettings(({ settings: { draft } }) => draft.source === "catalogue" && draft.catalogueId === id);
const choose = (catalogueId: string): void => changeDraft({ source: "catalogue", catalogueId });

type OptionsProps = { readonly shows: (id: string) => boolean };

export const GpuOptions = ({ shows }: OptionsProps) => modelCatalogue.filter(({ id }) => shows(id)).map((model) => <GpuOption key={model.id} model={model} />);
export const CpuOptions = ({ shows }: OptionsProps) => ggufCatalogue.filter(({ id }) => shows(id)).map((model) => <CpuOption key={model.id} model={model} />);

function GpuOption({ model }: { readonly model: CatalogueModel }) {
  const words = useShelfWords();
  const numbers = useNumbers();
  const chosen = useChosen(model.id);
  const { machine, stored } = useShelf((state) => state);
  // Of a model that is here already no more room is needed.
  const downloaded = [model.variants.f16, model.variants.f32].some((variant) => variant !== undefined && onDevice(stored, { kind: "webllm", ...variant })?.complete === true);
  const fit = machine === undefined ? undefined : fits(model, machine.gpu, downloaded ? undefined : machine.freeBytes);
  const variant = fit !== undefined && fit.kind !== "does-not-fit" ? fit.variant : (model.variants.f16 ?? model.variants.f32);
  const facts = [
    ...(variant === undefined ? [] : [words.about(byteWords(variant.downloadBytes, numbers)), words.gpuMemory(byteWords(variant.gpuBytes, numbers))]),
    words.parameters(numbers.short(model.billions)), words.context(numbers.count(model.contextTokens)), model.licence,
  ];
  return (
    <ModelOption
      name={model.name} checked={chosen} onChoose={() => choose(model.id)} badge={recommendedHere(machine) === model.id ? words.recommended : undefined}
      facts={<><p>{facts.join(" · ")}</p><p>{fit === undefined ? words.checking : fitWords(fit, words)}</p><Speed name={model.name} /></>}
    >
      {fit !== undefined && fit.kind !== "does-not-fit" && (
        <StoredModel target={{ kind: "webllm", modelUrl: fit.variant.modelUrl, modelLibUrl: fit.variant.modelLibUrl }} name={model.name} />
      )}
    </ModelOption>
  );
}

function fitWords(fit: Fit, words: ShelfWords): string {
  switch (fit.kind) {
    case "fits": return words.fits[fit.precision];
    case "may-not-fit": return words.mayNotFit;
    case "does-not-fit": return fit.why === "limits" ? words.doesNotFit.limits((fit.missing ?? []).join(", ")) : words.doesNotFit[fit.why];
    default: return fit satisfies never;
  }
}

function CpuOption({ model }: { readonly model: GgufModel }) {
  const words = useShelfWords();
  const numbers = useNumbers();
  const chosen = useChosen(model.id);
  const { machine, stored } = useShelf((state) => state);
  const target = { kind: "gguf", url: model.url, sha256: model.sha256 } as const;
  const full = machine?.freeBytes !== undefined && machine.freeBytes < model.bytes && onDevice(stored, target)?.complete !== true;
  const facts = [byteWords(model.bytes, numbers), words.parameters(numbers.short(model.billions)), words.context(numbers.count(model.contextTokens)), model.licence];
  return (
    <ModelOption
      name={model.name} checked={chosen} onChoose={() => choose(model.id)} badge={recommendedHere(machine) === model.id ? words.recommended : undefined}
      facts={<><p>{facts.join(" · ")}</p><p>{machine === undefined ? words.checking : full ? words.doesNotFit.storage : words.cpu(machine.threads)}</p><Speed name={model.name} /></>}
    >
      <StoredModel target={target} name={model.name} />
    </ModelOption>
  );
}

/** What was measured of a model on this device, at rest, else in runs. */
export function Speed({ name }: { readonly name: string }) {
  const words = useShelfWords();
  const { short } = useNumbers();
  const known = [measuredSpeed(name), readSpeeds()[name]].flatMap((speed) => (speed === undefined ? [] : [speed]));
  const [prefill] = known.flatMap((speed) => perSecond(speed.prefill) ?? []);
  const [decode] = known.flatMap((speed) => perSecond(speed.decode) ?? []);
  if (prefill === undefined || decode === undefined) return null;
  return <p>{words.speed(short(prefill), short(decode))}</p>;
}
