import { chatFormatFor, chatFormats, chatMl, reasoningInstruction, type ChatFormat } from "../../models/chat-format.ts";
import { ggufCatalogue, type GgufModel } from "../../models/gguf-catalogue.ts";
import { modelCatalogue, type CatalogueModel } from "../../models/model-catalogue.ts";
import { ModelError } from "../../models/model-error.ts";
import type { DeviceModel } from "../settings/settings.ts";
import { PageError } from "../trouble.ts";

/** A model that is downloaded and then kept by the browser. */
export type ModelTarget =
  | { readonly kind: "gguf"; readonly url: string; readonly sha256?: string }
  | { readonly kind: "webllm"; readonly modelUrl: string; readonly modelLibUrl: string };

/** Where the draft model comes from, and how it is to be opened. Two sources with the same key are the same model. */
export type DraftSource = {
  readonly key: string;
  readonly name: string;
  readonly source:
    | ModelTarget
    | { readonly kind: "file"; readonly file: File }
    /** Which of its variants runs here is told by the adapter, when it is opened. */
    | { readonly kind: "catalogue"; readonly model: CatalogueModel };
  readonly format: ChatFormat;
  readonly instruction: string;
  readonly contextTokens: number;
};

const embeddedContext = 512;

/** @returns its entry in one of the catalogues */
export const catalogued = (id: string): CatalogueModel | GgufModel | undefined =>
  modelCatalogue.find((model) => model.id === id) ?? ggufCatalogue.find((model) => model.id === id);

export function draftContextTokens({ source, catalogueId, contextTokens }: DeviceModel): number {
  if (source === "embedded") return embeddedContext;
  return source === "catalogue" ? (catalogued(catalogueId)?.contextTokens ?? contextTokens) : contextTokens;
}

/**
 * @param page the page's address, which others are relative to
 * @throws PageError `file-gone` where the picked file was lost with a reload, `no-draft` where nothing is chosen,
 * ModelError `download-failed` for what is no address, `bad-file` for what is no hash
 */
export function draftSource(draft: DeviceModel, file: File | undefined, page: string): DraftSource {
  switch (draft.source) {
    case "embedded": {
      const url = new URL("models/arithmetic-draft.gguf", page).href;
      return { key: "embedded", name: "arithmetic-draft", source: { kind: "gguf", url }, format: chatMl, instruction: "", contextTokens: embeddedContext };
    }
    case "catalogue": {
      const model = catalogued(draft.catalogueId);
      if (model === undefined) throw new PageError("no-draft", `There is no model "${draft.catalogueId}" on the shelf.`);
      const { name, format, instruction, contextTokens } = model;
      const source: DraftSource["source"] = "url" in model ? { kind: "gguf", url: model.url, sha256: model.sha256 } : { kind: "catalogue", model };
      return { key: `catalogue ${model.id}`, name, source, format, instruction, contextTokens };
    }
    case "mlc": {
      const modelUrl = webAddress(draft.mlcUrl, page);
      return { ...described(nameOf(modelUrl.replace(/\/resolve\/.*$/, "")), draft), source: { kind: "webllm", modelUrl, modelLibUrl: webAddress(draft.mlcLib, page) } };
    }
    case "url": {
      const url = webAddress(draft.url, page);
      const sha256 = draft.sha256.trim();
      if (sha256 !== "" && !isSha256(sha256)) throw new ModelError("bad-file", `"${sha256}" is no SHA-256: it has 64 hexadecimal digits.`);
      return { ...described(nameOf(url), draft), source: { kind: "gguf", url, ...(sha256 === "" ? {} : { sha256 }) } };
    }
    case "file": {
      if (file === undefined) throw new PageError("file-gone", `The file ${draft.fileName} is not open.`);
      const more = described(nameOf(file.name), draft);
      return { ...more, key: `${more.key} ${file.name} ${file.size} ${file.lastModified}`, source: { kind: "file", file } };
    }
    default:
      return draft.source satisfies never;
  }
}

/** The model that the fields tell of, once they do. */
export const toldSource = (model: DeviceModel, page: string): DraftSource | undefined => onceTold(() => draftSource(model, undefined, page));

/** @param read `draftSource` or `deviceBaseSource`, which throw what is still missing */
export function onceTold(read: () => DraftSource): DraftSource | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** A base model on this device. @throws as `draftSource`, but PageError `no-base` where nothing is chosen */
export function deviceBaseSource(model: DeviceModel, file: File | undefined, page: string): DraftSource {
  if (model.source === "embedded") {
    const url = new URL("models/arithmetic-base.gguf", page).href;
    return { key: "embedded", name: "arithmetic-base", source: { kind: "gguf", url }, format: chatMl, instruction: "", contextTokens: embeddedContext };
  }
  if (model.source === "catalogue" && catalogued(model.catalogueId) === undefined) throw new PageError("no-base", `There is no model "${model.catalogueId}" on the shelf.`);
  return draftSource(model, file, page);
}

export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text.trim());

function webAddress(typed: string, page: string): string {
  const url = typed.trim() === "" ? null : URL.parse(typed.trim(), page);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ModelError("download-failed", `"${typed}" is no web address.`);
  return url.href;
}

function described(name: string, draft: DeviceModel) {
  return {
    name,
    key: JSON.stringify([draft.source, draft.url, draft.sha256, draft.mlcUrl, draft.mlcLib, draft.format, draft.instruction, draft.contextTokens]),
    format: chatFormats.find(({ id }) => id === draft.format) ?? chatFormatFor(name),
    instruction: draft.instruction === "none" ? "" : reasoningInstruction,
    contextTokens: draft.contextTokens,
  };
}

const nameOf = (path: string): string => (path.split(/[?#]/)[0] ?? "").split("/").filter((part) => part !== "").at(-1)?.replace(/\.gguf$/i, "") ?? path;
