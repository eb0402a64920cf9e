/** What the beginning of a GGUF file tells, see the GGUF specification of ggml (versions 2 and 3). */
export type GgufHeader = {
  readonly architecture: string;
  /** The model's own name, where the file gives one. */
  readonly name?: string;
  /** Tokens the model was trained to see at once, where the file says. */
  readonly trainedContextTokens?: number;
  /** Parts of a split model; 1 for a whole one. */
  readonly parts: number;
  /** Bytes the whole file has, from the places and types of its tensors; absent where a type is not known here. */
  readonly fileBytes?: number;
};

export type GgufParse =
  | { readonly kind: "header"; readonly header: GgufHeader }
  /** The header goes on after these bytes. */
  | { readonly kind: "more" }
  | { readonly kind: "not-gguf" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Elements and bytes of one block of each ggml tensor type. */
const tensorTypes: ReadonlyMap<number, readonly [elements: number, bytes: number]> = new Map([
  [0, [1, 4]], [1, [1, 2]], [2, [32, 18]], [3, [32, 20]], [6, [32, 22]], [7, [32, 24]], [8, [32, 34]], [9, [32, 36]],
  [10, [256, 84]], [11, [256, 110]], [12, [256, 144]], [13, [256, 176]], [14, [256, 210]], [15, [256, 292]],
  [16, [256, 66]], [17, [256, 74]], [18, [256, 98]], [19, [256, 50]], [20, [32, 18]], [21, [256, 110]], [22, [256, 82]],
  [23, [256, 136]], [24, [1, 1]], [25, [1, 2]], [26, [1, 4]], [27, [1, 8]], [28, [1, 8]], [29, [256, 56]], [30, [1, 2]],
  [34, [256, 54]], [35, [256, 66]], [39, [32, 17]],
]);

const scalarBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;

/** More than any model has; a larger number is a broken file, not a large one. */
const mostEntries = 10_000_000;

class EndOfBytes extends Error {}
class Unreadable extends Error {}

function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new EndOfBytes();
    const from = at;
    at += length;
    return from;
  };
  const number32 = () => view.getUint32(take(4), true);
  const number64 = () => {
    const value = view.getBigUint64(take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable("it holds an impossible number");
    return Number(value);
  };
  const count = () => {
    const value = number64();
    if (value > mostEntries) throw new Unreadable("it claims an impossible number of entries");
    return value;
  };
  const string = () => {
    const length = number64();
    if (length > 2 ** 30) throw new Unreadable("it holds an impossible text");
    const from = take(length);
    return decoder.decode(bytes.subarray(from, from + length));
  };
  const value = (type: number): string | number | undefined => {
    if (type === stringType) return string();
    if (type === arrayType) {
      const of = number32();
      const length = count();
      // No model has them, and llama.cpp refuses them.
      if (of === arrayType) throw new Unreadable("it holds a list of lists");
      const each = scalarBytes[of];
      if (each !== undefined) take(length * each);
      else for (let index = 0; index < length; index++) value(of);
      return undefined;
    }
    const size = scalarBytes[type];
    if (size === undefined) throw new Unreadable("it holds a value of an unknown type");
    if (type === 4) return number32();
    if (type === 10) return number64();
    if (type === 2) return view.getUint16(take(2), true);
    take(size);
    return undefined;
  };
  return { number32, count, number64, string, value, get at() { return at; } };
}

/** Reads the header from the first bytes of a file: whether it is a model at all, and how long the whole file must be. */
export function parseGgufHeader(bytes: Uint8Array): GgufParse {
  const magic = [0x47, 0x47, 0x55, 0x46];
  if (magic.some((byte, index) => index < bytes.length && bytes[index] !== byte)) return { kind: "not-gguf" };
  try {
    const reader = createReader(bytes);
    reader.number32();
    const version = reader.number32();
    if (version < 2 || version > 3) return { kind: "unreadable", reason: `it is GGUF version ${version}, versions 2 and 3 can be read` };
    const tensors = reader.count();
    const entries = reader.count();
    const metadata = new Map<string, string | number>();
    for (let index = 0; index < entries; index++) {
      const key = reader.string();
      const value = reader.value(reader.number32());
      if (value !== undefined) metadata.set(key, value);
    }
    let dataBytes: number | undefined = 0;
    for (let index = 0; index < tensors; index++) {
      reader.string();
      const dimensions = reader.number32();
      if (dimensions > 8) throw new Unreadable("it holds a tensor of impossible shape");
      let elements = 1;
      for (let dimension = 0; dimension < dimensions; dimension++) elements *= reader.number64();
      const block = tensorTypes.get(reader.number32());
      const offset = reader.number64();
      if (block === undefined) dataBytes = undefined;
      else if (dataBytes !== undefined) dataBytes = Math.max(dataBytes, offset + (elements / block[0]) * block[1]);
    }
    const number = (key: string) => {
      const value = metadata.get(key);
      return typeof value === "number" ? value : undefined;
    };
    const architecture = String(metadata.get("general.architecture") ?? "");
    const name = metadata.get("general.name");
    const trainedContextTokens = number(`${architecture}.context_length`);
    const alignment = number("general.alignment") ?? 32;
    if (alignment === 0) throw new Unreadable("it has an impossible alignment");
    const dataStart = Math.ceil(reader.at / alignment) * alignment;
    return {
      kind: "header",
      header: {
        architecture,
        parts: number("split.count") ?? 1,
        ...(typeof name === "string" ? { name } : {}),
        ...(trainedContextTokens === undefined ? {} : { trainedContextTokens }),
        ...(dataBytes === undefined ? {} : { fileBytes: dataStart + dataBytes }),
      },
    };
  } catch (error) {
    if (error instanceof EndOfBytes) return { kind: "more" };
    if (error instanceof Unreadable) return { kind: "unreadable", reason: error.message };
    throw error;
  }
}
