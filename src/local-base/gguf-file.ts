import { open } from "node:fs/promises";
import { LocalBaseError } from "./local-base-error.ts";

/** Magic, version, tensor count and key count: the least a GGUF file begins with, in bytes. */
const headerBytes = 24;

/**
 * Looks at the file before llama.cpp does, so that a wrong path or a saved web page gets a plain sentence.
 * A file cut short further on is found when it is loaded.
 * @throws LocalBaseError
 */
export async function checkGgufFile(path: string): Promise<{ readonly bytes: number }> {
  const file = await open(path, "r").catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const why = code === "ENOENT" ? "There is no such file" : code === "EACCES" ? "It may not be read" : "It cannot be opened";
    throw new LocalBaseError(`${path}: ${why}. Give the path of a GGUF model file.`, { cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new LocalBaseError(`${path} is not a file. Give the path of a GGUF model file.`);
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(header, 0, headerBytes, 0);
    if (bytesRead >= 4 && header.toString("latin1", 0, 4) !== "GGUF")
      throw new LocalBaseError(`${path} is not a GGUF model file: it does not begin with "GGUF". Perhaps a web page was saved in its place; download the file again.`);
    if (bytesRead < headerBytes) throw new LocalBaseError(`${path} is cut short (${stat.size} bytes). Download it again.`);
    const version = header.readUInt32LE(4);
    if (version < 2 || version > 3)
      throw new LocalBaseError(`${path} is GGUF version ${version}; versions 2 and 3 can be read. Convert or download the model again.`);
    return { bytes: stat.size };
  } finally {
    await file.close();
  }
}
