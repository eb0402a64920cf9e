import { catalogued } from "../models/draft-source.ts";
import { Choice } from "../settings/field.tsx";
import { changeDeviceBase, pickBaseFile, useSettings } from "../settings/settings-store.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { baseChoices, chosenOf } from "./base-choices.ts";
import { baseFacts, baseNote } from "./base-facts.ts";
import { OwnFields } from "./own-fields.tsx";
import { useShelf } from "./shelf-store.ts";
import { useShelfWords } from "./shelf-words.ts";
import { StoredModel } from "./stored-model.tsx";

/** The base model on this device: which one, whether it fits beside the draft model, and what of it is here. */
export function DeviceBase() {
  const words = useShelfWords();
  const { deviceModel, embedded } = useWords().settings.base;
  const numbers = useNumbers();
  const { base: { device }, draft } = useSettings(({ settings }) => settings);
  const file = useSettings((state) => state.baseFile);
  const shelf = useShelf((state) => state);
  const choices = baseChoices(shelf.stored, embedded, words);
  const chosen = chosenOf(device, choices);
  const gone = chosen === undefined ? { [device.catalogueId]: device.catalogueId } : {};
  const found = baseFacts({ device, draft }, shelf, words, numbers, location.href);
  return (
    <>
      <Choice
        label={deviceModel} value={chosen?.id ?? device.catalogueId} alarm={chosen === undefined}
        options={{ ...gone, ...Object.fromEntries(choices.map(({ id, label }) => [id, label])) }}
        note={chosen === undefined ? words.goneFromShelf : found === undefined ? "" : baseNote(found, shelf, words)}
        onChange={(picked) => {
          const choice = choices.find(({ id }) => id === picked);
          if (choice !== undefined) changeDeviceBase(choice.choose);
        }}
      />
      {found?.target !== undefined && <div className="text-[0.8125rem]"><StoredModel target={found.target} name={catalogued(device.catalogueId)?.name ?? ""} /></div>}
      {(device.source === "mlc" || device.source === "url" || device.source === "file") && <OwnFields model={device} file={file} change={changeDeviceBase} pick={pickBaseFile} />}
    </>
  );
}
