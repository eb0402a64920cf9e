import { checkModelFile } from "./gguf/check-model-file.ts";
import { aborted, asModelError, ModelError } from "./model-error.ts";
import { download, pause } from "./model-files/download.ts";
import { openPartStore, type PartFolder, type PartRecord, type PartStore } from "./model-files/part-store.ts";
import { roomFor } from "./model-files/room-for.ts";
import { sha256Of } from "./model-files/sha256-of.ts";

/** A model file in the app's own storage. */
export type StoredModelFile = {
  readonly url: string;
  /** The last part of its address, without the ending. */
  readonly name: string;
  /** Bytes of the whole file, where the server told. */
  readonly bytes?: number;
  /** Bytes on this device. */
  readonly storedBytes: number;
  /** False for a download that was paused, cut or is under way. */
  readonly complete: boolean;
};

export type ModelFileRequest = {
  readonly url: string;
  /** Hexadecimal; the file is refused where its hash is another one. */
  readonly sha256?: string;
  /** Bytes on this device, those of an earlier visit included, and of the whole file where that is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void;
  /** Pauses the download: what has arrived stays, and the next call goes on from there. */
  readonly signal: AbortSignal;
  /** Longest silence of the server before it is asked again; half a minute by default. */
  readonly stallSeconds?: number;
};

/** A download is kept in parts of this size; at most one of them is lost when it is cut. */
const partBytes = 8 * 1024 * 1024;

/** Up to this size a file is asked for at every load, so that a new version is seen; larger ones are fetched once. */
const smallBytes = partBytes;

/** How long a kept copy waits for a fresher one. */
const freshSeconds = 5;

async function keyOf(url: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(url));
  return Array.from(new Uint8Array(digest).subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One tab at a time fetches or deletes a file; the other then finds it done. */
const lockOf = (url: string) => `model-file ${url}`;

const nameOf = (url: string) => (url.split(/[?#]/)[0] ?? url).split("/").at(-1)?.replace(/\.gguf$/i, "") ?? url;

const bytesOf = (parts: readonly Blob[]) => parts.reduce((sum, part) => sum + part.size, 0);

/** What is in storage, whole or not. */
export async function listModelFiles(): Promise<readonly StoredModelFile[]> {
  const store = await openPartStore();
  const files: StoredModelFile[] = [];
  for (const key of (await store?.keys()) ?? []) {
    const folder = await store?.open(key);
    const record = await folder?.readRecord();
    const storedBytes = bytesOf((await folder?.readParts()) ?? []);
    if (record === undefined) continue;
    const { url, bytes, complete } = record;
    files.push({ url, name: nameOf(url), storedBytes, complete, ...(bytes === undefined ? {} : { bytes }) });
  }
  return files.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Deletes a file and all that belongs to it. Waits for a download of it, which is to be paused first. */
export async function deleteModelFile(url: string): Promise<void> {
  const address = new URL(url, location.href).href;
  await navigator.locks.request(lockOf(address), async () => {
    const store = await openPartStore();
    await store?.remove(await keyOf(address));
  });
}

/**
 * A GGUF file from the app's storage, or downloaded into it: resumed where it stands, its length, header and hash
 * checked. What is no model, or has another hash, leaves nothing behind.
 * @throws ModelError "download-failed", "bad-file", "storage-full" or "aborted"
 */
export async function obtainModelFile(request: ModelFileRequest): Promise<Blob> {
  const url = new URL(request.url, location.href).href;
  if (request.signal.aborted) throw aborted();
  const store = await openPartStore();
  if (store === undefined) return await inMemory({ ...request, url });
  try {
    return await navigator.locks.request(lockOf(url), { signal: request.signal }, async () => await obtain(store, { ...request, url }));
  } catch (error) {
    throw asModelError(error, "download-failed");
  }
}

async function obtain(store: PartStore, request: ModelFileRequest): Promise<Blob> {
  const key = await keyOf(request.url);
  const folder = await store.open(key);
  const record = await folder.readRecord();
  const parts = await folder.readParts();
  const kept = record?.complete === true && bytesOf(parts) === record.bytes ? new Blob([...parts]) : undefined;
  const wanted = request.sha256?.toLowerCase();
  if (record !== undefined && kept !== undefined && (await isWanted(kept, record, wanted, folder, request.signal))) {
    const fresh = kept.size <= smallBytes && wanted === undefined ? await freshCopy(request, record) : undefined;
    if (fresh === undefined) {
      request.onProgress?.(kept.size, kept.size);
      return kept;
    }
    await store.remove(key);
    await keep(await store.open(key), request.url, fresh);
    return fresh.file;
  }
  // A whole file that is not what is wanted now, or parts nobody knows the origin of, are of no use.
  const resumable = record !== undefined && !record.complete;
  if (!resumable) await store.remove(key);
  try {
    return await fetchInto(resumable ? folder : await store.open(key), request, resumable ? record : undefined, resumable ? parts : []);
  } catch (error) {
    const failure = asModelError(error, "download-failed");
    if (failure.kind === "bad-file" || (await nothingArrived(folder))) await store.remove(key);
    throw failure;
  }
}

/** A file kept without a hash is compared when one is given for it. */
async function isWanted(file: Blob, record: PartRecord, wanted: string | undefined, folder: PartFolder, signal: AbortSignal): Promise<boolean> {
  if (wanted === undefined || wanted === record.sha256) return true;
  if (record.sha256 !== undefined || (await sha256Of(file, signal)) !== wanted) return false;
  await folder.writeRecord({ ...record, sha256: wanted });
  return true;
}

const nothingArrived = async (folder: PartFolder): Promise<boolean> =>
  (await folder.readParts().catch(() => [])).length === 0;

type FreshCopy = { readonly file: Blob; readonly etag?: string };

/** A newer version of a small kept file, or undefined where there is none or the network does not give it. */
async function freshCopy({ url, signal }: ModelFileRequest, { etag, bytes }: PartRecord): Promise<FreshCopy | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(freshSeconds * 1000)]) });
    const current = response.headers.get("etag") ?? undefined;
    if (!response.ok || (etag !== undefined && current === etag)) {
      await response.body?.cancel();
      return undefined;
    }
    const file = await response.blob();
    if (etag === undefined && file.size === bytes) return undefined;
    await checkModelFile(file);
    return { file, ...(current === undefined ? {} : { etag: current }) };
  } catch {
    if (signal.aborted) throw aborted();
    return undefined;
  }
}

async function keep(folder: PartFolder, url: string, { file, etag }: FreshCopy): Promise<void> {
  await folder.writePart(0, file);
  await folder.writeRecord({ version: 1, url, bytes: file.size, complete: true, ...(etag === undefined ? {} : { etag }) });
}

async function fetchInto(folder: PartFolder, request: ModelFileRequest, known: PartRecord | undefined, had: readonly Blob[]): Promise<Blob> {
  const { url, signal, onProgress } = request;
  let partCount = had.length;
  let stored = bytesOf(had);
  const pending = new Uint8Array(partBytes);
  let pendingBytes = 0;
  let record: PartRecord = known ?? { version: 1, url, complete: false };

  const flush = async () => {
    if (pendingBytes === 0) return;
    await folder.writePart(partCount, pending.slice(0, pendingBytes));
    partCount += 1;
    stored += pendingBytes;
    pendingBytes = 0;
  };

  if (record.bytes === undefined || stored < record.bytes) {
    await download({
      url, signal, from: stored, wait: pause, stallSeconds: request.stallSeconds ?? 30,
      ...(record.etag === undefined ? {} : { etag: record.etag }),
      async onHead({ from, bytes, etag }) {
        if (from !== stored + pendingBytes) {
          // From the beginning: what is there is of another version, or the server knows no ranges.
          partCount = 0;
          stored = 0;
          pendingBytes = 0;
        }
        record = { version: 1, url, complete: false, ...(bytes === undefined ? {} : { bytes }), ...(etag === undefined ? {} : { etag }) };
        if (bytes !== undefined) await roomFor(bytes - stored);
        await folder.writeRecord(record);
      },
      async onBytes(bytes) {
        if (stored + pendingBytes === 0 && bytes.byteLength >= 4) await checkBeginning(bytes);
        for (let taken = 0; taken < bytes.byteLength;) {
          const piece = bytes.subarray(taken, taken + partBytes - pendingBytes);
          pending.set(piece, pendingBytes);
          pendingBytes += piece.byteLength;
          taken += piece.byteLength;
          if (pendingBytes === partBytes) await flush();
        }
        onProgress?.(stored + pendingBytes, record.bytes);
      },
    });
    await flush();
  }

  // From here on the parts are read from storage, not from this page's memory.
  const written = await folder.readParts();
  const file = new Blob(written.slice(0, partCount));
  await checkModelFile(file);
  const sha256 = request.sha256?.toLowerCase();
  if (sha256 !== undefined && (await sha256Of(file, signal)) !== sha256)
    throw new ModelError("bad-file", "The downloaded file is not the one that was expected: its SHA-256 is another one. It was deleted; download it again, or from elsewhere.");
  await folder.writeRecord({ ...record, bytes: file.size, complete: true, ...(sha256 === undefined ? {} : { sha256 }) });
  onProgress?.(file.size, file.size);
  return file;
}

/** A web page of gigabytes would be fetched to its end before its header is read. */
async function checkBeginning(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== "GGUF") await checkModelFile(new Blob([bytes]));
}

/** Where the browser keeps no files the model lives in memory, and is fetched again with the next visit. */
async function inMemory({ url, signal, onProgress, sha256, stallSeconds = 30 }: ModelFileRequest): Promise<Blob> {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let have = 0;
  let total: number | undefined;
  await download({
    url, signal, from: 0, wait: pause, stallSeconds,
    onHead({ from, bytes }) {
      total = bytes;
      if (from !== have) {
        chunks = [];
        have = 0;
      }
      return Promise.resolve();
    },
    onBytes(bytes) {
      chunks.push(bytes);
      have += bytes.byteLength;
      onProgress?.(have, total);
      return Promise.resolve();
    },
  });
  const file = new Blob(chunks);
  await checkModelFile(file);
  if (sha256 !== undefined && (await sha256Of(file, signal)) !== sha256.toLowerCase())
    throw new ModelError("bad-file", "The downloaded file is not the one that was expected: its SHA-256 is another one. Download it again, or from elsewhere.");
  return file;
}
