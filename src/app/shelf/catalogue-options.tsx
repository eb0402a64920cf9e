import { ggufCatalogue, type GgufModel } from "../../models/gguf-catalogue.ts";
import { modelCatalogue, type CatalogueModel } from "../../models/model-catalogue.ts";
import { perSecond, readSpeeds } from "../models/kept-speeds.ts";
import { measuredSpeed } from "../models/measured-speeds.ts";
import { changeDraft, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { recommendedHere } from "./front-models.ts";
import { gpuBytesOf } from "./gpu-bytes.ts";
import { cpuModelFacts, gpuModelFacts, type ModelFacts } from "./model-facts.ts";
import { ModelOption } from "./model-option.tsx";
import { useShelf } from "./shelf-store.ts";
import { useShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

const useChosen = (id: string): boolean => useSettings(({ settings: { draft } }) => draft.source === "catalogue" && draft.catalogueId === id);
const choose = (catalogueId: string): void => changeDraft({ source: "catalogue", catalogueId });

type OptionsProps = { readonly shows: (id: string) => boolean };

export const GpuOptions = ({ shows }: OptionsProps) => modelCatalogue.filter(({ id }) => shows(id)).map((model) => <GpuOption key={model.id} model={model} />);
export const CpuOptions = ({ shows }: OptionsProps) => ggufCatalogue.filter(({ id }) => shows(id)).map((model) => <CpuOption key={model.id} model={model} />);

function GpuOption({ model }: { readonly model: CatalogueModel }) {
  const base = useSettings(({ settings }) => settings.base);
  const shelf = useShelf((state) => state);
  const beside = base.where === "device" && shelf.machine !== undefined ? gpuBytesOf(base.device, shelf.machine, shelf.stored, location.href) : 0;
  return <CatalogueOption model={model} facts={gpuModelFacts(model, shelf, useShelfWords(), useNumbers(), beside)} />;
}

const CpuOption = ({ model }: { readonly model: GgufModel }) => (
  <CatalogueOption model={model} facts={cpuModelFacts(model, useShelf((state) => state), useShelfWords(), useNumbers())} />
);

function CatalogueOption({ model: { id, name }, facts: { facts, fit, target } }: { readonly model: CatalogueModel | GgufModel; readonly facts: ModelFacts }) {
  const words = useShelfWords();
  const chosen = useChosen(id);
  const machine = useShelf((state) => state.machine);
  return (
    <ModelOption
      name={name} checked={chosen} onChoose={() => choose(id)} badge={recommendedHere(machine) === id ? words.recommended : undefined}
      facts={<><p>{facts}</p><p>{fit}</p><Speed name={name} /></>}
    >
      {target !== undefined && <StoredModel target={target} name={name} />}
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
