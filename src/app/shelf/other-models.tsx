import { ggufCatalogue } from "../../models/gguf-catalogue.ts";
import { nameOfFolder } from "./base-choices.ts";
import { ModelDescription } from "./model-description.tsx";
import { useShelf } from "./shelf-store.ts";
import { useShelfWords } from "./shelf-words.ts";

/** Models that were used once and are not on the shelf. @param shown addresses and folders that have an entry */
export function OtherModels({ shown }: { readonly shown: ReadonlySet<string> }) {
  const words = useShelfWords();
  const stored = useShelf((state) => state.stored);
  const onShelf = new Set(ggufCatalogue.map(({ url }) => url));
  const files = stored?.files.filter(({ url }) => !shown.has(url) && !onShelf.has(url)) ?? [];
  const webLlm = stored?.webLlm.filter(({ folder }) => !shown.has(folder)) ?? [];
  if (files.length + webLlm.length === 0) return null;
  return (
    <div>
      <h4 className="section-title pb-1">{words.alsoKept}</h4>
      <ul className="divide-y divide-line border-y border-line text-[0.8125rem]">
        {files.map(({ url, name }) => <ModelDescription key={url} name={name} address={url} target={{ kind: "gguf", url }} />)}
        {webLlm.map(({ folder, modelLibUrl = folder }) => <ModelDescription key={folder} name={nameOfFolder(folder)} address={folder} target={{ kind: "webllm", modelUrl: folder, modelLibUrl }} />)}
      </ul>
    </div>
  );
}
