import { useWords } from "../words/use-words.ts";
import { EndpointSettings } from "./endpoint-settings.tsx";
import { Choice } from "./field.tsx";
import { GgufFields } from "./gguf-fields.tsx";
import { changeBase, changeDeviceBase, pickBaseFile, useSettings } from "./settings-store.ts";

export function BaseSettings() {
  const words = useWords().settings.base;
  const { where, device } = useSettings(({ settings }) => settings.base);
  const file = useSettings(({ baseFile }) => baseFile);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <Choice
          label={words.where} value={where} onChange={(chosen) => changeBase({ where: chosen })}
          options={{ endpoint: words.atEndpoint, device: words.onDevice }} note={where === "device" ? words.onDeviceNote : ""}
        />
      </div>
      {where === "device"
        ? <GgufFields label={words.deviceModel} embedded={words.embedded} model={device} file={file} onChange={changeDeviceBase} onPick={pickBaseFile} />
        : <EndpointSettings />}
    </div>
  );
}
