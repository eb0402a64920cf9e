/** Bytes of the file that downloads are tried with: a little over two parts of storage. */
export const largeFileBytes = 20_000_000;

const text = (value: string) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
  return Buffer.concat([length, Buffer.from(value)]);
};
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

const files = new Map<number, Buffer>();

/** A GGUF file by its header, holding one tensor of bytes that depend on their place and the version. */
export function largeFile(version: number): Buffer {
  const made = files.get(version);
  if (made !== undefined) return made;
  const start = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(1), u64(1), text("general.architecture"), u32(8), text("llama")]);
  // One row of 8-bit integers, right behind the header.
  const tensor = (elements: number) => Buffer.concat([text("everything"), u32(1), u64(elements), u32(24), u64(0)]);
  const header = Buffer.concat([start, tensor(0)]);
  const dataStart = Math.ceil(header.length / 32) * 32;
  const file = Buffer.alloc(largeFileBytes);
  for (let at = dataStart; at + 4 <= largeFileBytes; at += 4) file.writeUInt32LE(Math.imul(at + version, 2_654_435_761) >>> 0, at);
  Buffer.concat([start, tensor(largeFileBytes - dataStart)]).copy(file);
  files.set(version, file);
  return file;
}
