import { ModelError } from "../model-error.ts";
import { parseGgufHeader, type GgufHeader } from "./gguf-header.ts";

/** Enough for small vocabularies at the first reading. */
const firstBytes = 256 * 1024;

/** What is wrong with a file that is no GGUF, told from its first characters. */
const notAModel = (beginning: string): string =>
  /^\s*<(!doctype|html|head|\?xml)/i.test(beginning)
    ? "This is a web page, not a model file. Use the address of the file itself (it ends in .gguf)."
    : "This is not a model file: it does not begin with “GGUF”. Choose a .gguf file.";

/**
 * Reads a model file's header and compares its length, before an engine sees it: wllama loads a file that is none, or
 * is cut short, "successfully".
 * @throws ModelError "bad-file" that says what is wrong
 */
export async function checkModelFile(file: Blob): Promise<GgufHeader> {
  if (file.size === 0) throw new ModelError("bad-file", "The model file is empty or no longer there. Choose it again, or download it again.");
  for (let length = firstBytes; ; length *= 2) {
    const bytes = new Uint8Array(await file.slice(0, length).arrayBuffer().catch(unreadable));
    const parsed = parseGgufHeader(bytes);
    switch (parsed.kind) {
      case "not-gguf":
        throw new ModelError("bad-file", notAModel(new TextDecoder().decode(bytes.subarray(0, 64))));
      case "unreadable":
        throw new ModelError("bad-file", `The model file cannot be read: ${parsed.reason}. Download it again or choose another one.`);
      case "more":
        if (length >= file.size) throw new ModelError("bad-file", cutShort(file.size));
        continue;
      case "header":
        return usable(parsed.header, file.size);
      default:
        return parsed satisfies never;
    }
  }
}

/** A picked file is read only now; meanwhile it may have been changed, moved or deleted. */
const unreadable = (cause: unknown): never => {
  throw new ModelError("bad-file", "The model file cannot be read any more: it was changed, moved or deleted. Choose it again.", { cause });
};

const cutShort = (bytes: number, expected?: number): string =>
  expected === undefined
    ? `The model file is cut short (${bytes} bytes). Download it again.`
    : `The model file is cut short: ${bytes} of ${expected} bytes are there. Download it again.`;

function usable(header: GgufHeader, bytes: number): GgufHeader {
  if (header.fileBytes !== undefined && bytes < header.fileBytes) throw new ModelError("bad-file", cutShort(bytes, header.fileBytes));
  if (header.parts > 1) throw new ModelError("bad-file", `This file is one part of ${header.parts}. Choose a model in a single file.`);
  if (header.architecture === "" || header.architecture === "clip")
    throw new ModelError("bad-file", "This GGUF file holds no language model. Choose another one.");
  return header;
}
