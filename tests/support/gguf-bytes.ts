/** One metadata value of a GGUF file: its type number and what it is written as. */
export type GgufValue =
  | { readonly type: "uint32"; readonly value: number }
  | { readonly type: "uint64"; readonly value: bigint }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "raw"; readonly bytes: readonly number[] };

export type GgufTensor = { readonly shape: readonly number[]; readonly type: number; readonly offset: number };

export type GgufContent = {
  readonly magic?: string;
  readonly version?: number;
  readonly metadata?: Readonly<Record<string, GgufValue>>;
  readonly tensors?: readonly GgufTensor[];
  /** Counts that say something else than what follows. */
  readonly claims?: { readonly tensors?: bigint; readonly entries?: bigint };
};

/** The header of a GGUF file, as ggml's specification has it, without the data of its tensors. */
export function ggufBytes({ magic = "GGUF", version = 3, metadata = {}, tensors = [], claims = {} }: GgufContent): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const number32 = (value: number) => bytes.push(...new Uint8Array(new Uint32Array([value]).buffer));
  const number64 = (value: bigint) => bytes.push(...new Uint8Array(new BigUint64Array([value]).buffer));
  const string = (value: string) => {
    const encoded = new TextEncoder().encode(value);
    number64(BigInt(encoded.length));
    bytes.push(...encoded);
  };
  bytes.push(...new TextEncoder().encode(magic));
  number32(version);
  number64(claims.tensors ?? BigInt(tensors.length));
  const entries = Object.entries(metadata);
  number64(claims.entries ?? BigInt(entries.length));
  for (const [key, entry] of entries) {
    string(key);
    switch (entry.type) {
      case "uint32":
        number32(4);
        number32(entry.value);
        break;
      case "uint64":
        number32(10);
        number64(entry.value);
        break;
      case "string":
        number32(8);
        string(entry.value);
        break;
      case "strings":
        number32(9);
        number32(8);
        number64(BigInt(entry.value.length));
        for (const one of entry.value) string(one);
        break;
      case "raw":
        for (const byte of entry.bytes) bytes.push(byte);
        break;
      default:
        entry satisfies never;
    }
  }
  for (const [index, { shape, type, offset }] of tensors.entries()) {
    string(`tensor.${index}`);
    number32(shape.length);
    for (const length of shape) number64(BigInt(length));
    number32(type);
    number64(BigInt(offset));
  }
  return new Uint8Array(bytes);
}
