import * as v from "valibot";
import { ModelError } from "../model-error.ts";

const record = v.object({
  version: v.literal(1),
  url: v.string(),
  /** Bytes of the whole file; absent where the server does not say. */
  bytes: v.optional(v.number()),
  /** What the server calls this version of the file. */
  etag: v.optional(v.string()),
  /** Set once the file has been compared with it. */
  sha256: v.optional(v.string()),
  complete: v.boolean(),
});

/** What is known of a file on its way to this device, or here. */
export type PartRecord = v.InferOutput<typeof record>;

const folderName = "models";
const recordName = "record.json";
const partName = (index: number) => `part-${String(index).padStart(5, "0")}`;

/** One file in parts, so that a download goes on where it was cut: a part is there whole or not at all. */
export type PartFolder = {
  readRecord(): Promise<PartRecord | undefined>;
  writeRecord(record: PartRecord): Promise<void>;
  /** The parts in order, up to the first that is missing. */
  readParts(): Promise<readonly File[]>;
  writePart(index: number, content: Blob | Uint8Array<ArrayBuffer>): Promise<void>;
};

export type PartStore = {
  /** Names of the files that are there, whole or not. */
  keys(): Promise<readonly string[]>;
  open(key: string): Promise<PartFolder>;
  remove(key: string): Promise<void>;
};

/** The app's own storage ("origin private file system"); undefined where the browser has none, as in some private windows. */
export async function openPartStore(): Promise<PartStore | undefined> {
  if (typeof navigator === "undefined" || navigator.storage?.getDirectory === undefined) return undefined;
  const root = await navigator.storage.getDirectory().catch(() => undefined);
  return root === undefined ? undefined : createPartStore(await root.getDirectoryHandle(folderName, { create: true }));
}

const isNotFound = (error: unknown) => error instanceof DOMException && error.name === "NotFoundError";

/** @throws ModelError "storage-full" */
async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob | Uint8Array<ArrayBuffer> | string): Promise<void> {
  try {
    const file = await folder.getFileHandle(name, { create: true });
    const stream = await file.createWritable();
    await stream.write(content);
    // Before this nothing of it is in the file: a part is never half there.
    await stream.close();
  } catch (cause) {
    // Chrome calls a full disk "AbortError" where the quota gave out while the bytes were on their way.
    if (cause instanceof DOMException && (cause.name === "QuotaExceededError" || cause.name === "AbortError"))
      throw new ModelError("storage-full", "There is no room left for the model. Delete models you no longer need or free space on this device, then go on with the download.", { cause });
    throw cause;
  }
}

function createPartStore(root: FileSystemDirectoryHandle): PartStore {
  return {
    async keys() {
      const keys: string[] = [];
      for await (const entry of root.values()) if (entry.kind === "directory") keys.push(entry.name);
      return keys;
    },
    async open(key) {
      const folder = await root.getDirectoryHandle(key, { create: true });
      const fileNamed = async (name: string) => {
        try {
          return await (await folder.getFileHandle(name)).getFile();
        } catch (error) {
          if (isNotFound(error)) return undefined;
          throw error;
        }
      };
      return {
        async readRecord() {
          const text = await (await fileNamed(recordName))?.text();
          if (text === undefined) return undefined;
          // A record cut short by a crash is as good as none.
          const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), record), text);
          return parsed.success ? parsed.output : undefined;
        },
        writeRecord: (value) => write(folder, recordName, JSON.stringify(value)),
        async readParts() {
          const parts: File[] = [];
          for (;;) {
            const part = await fileNamed(partName(parts.length));
            // `create` leaves an empty file behind when the write after it fails.
            if (part === undefined || part.size === 0) return parts;
            parts.push(part);
          }
        },
        writePart: (index, content) => write(folder, partName(index), content),
      };
    },
    async remove(key) {
      await root.removeEntry(key, { recursive: true }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    },
  };
}
