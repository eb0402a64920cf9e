import { aborted, asModelError, ModelError } from "../model-error.ts";

/** What the server said of the file, with the first bytes that arrived. */
export type DownloadHead = {
  /** Bytes of the whole file, where it is known. */
  readonly bytes?: number;
  readonly etag?: string;
  /** Where in the file the body begins: where it was asked to, or at 0 from a server without ranges or with another version. */
  readonly from: number;
};

export type DownloadRequest = {
  readonly url: string;
  /** Bytes already there. */
  readonly from: number;
  /** The version those bytes are of. */
  readonly etag?: string;
  readonly signal: AbortSignal;
  /** Called before the first bytes of every answer. */
  readonly onHead: (head: DownloadHead) => Promise<void>;
  readonly onBytes: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Pauses between tries; a test gives its own. */
  readonly wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** A body silent for so long counts as broken. */
  readonly stallSeconds: number;
};

/** Tries in a row that bring no byte before the download gives up. */
const mostTries = 5;

const contentRange = /^bytes (\d+)-\d+\/(\d+|\*)$/;

/** A connection that broke; what arrived stays. */
class Broken extends Error {}

/**
 * Downloads a file from where it stands to its end, over as many requests as it takes.
 * @throws ModelError "download-failed" or "aborted", and whatever `onHead` and `onBytes` throw
 */
export async function download(request: DownloadRequest): Promise<void> {
  let from = request.from;
  let etag = request.etag;
  let tries = 0;
  for (;;) {
    const before = from;
    try {
      await once();
      return;
    } catch (error) {
      if (request.signal.aborted) throw aborted();
      if (!(error instanceof Broken)) throw error;
      tries = from > before ? 1 : tries + 1;
      if (tries >= mostTries) throw new ModelError("download-failed", "The download was interrupted again and again. What has arrived is kept; go on when the connection is better.", { cause: error });
      await request.wait(Math.min(8, 0.5 * 2 ** (tries - 1)), request.signal).catch(() => { throw aborted(); });
    }
  }

  async function once(): Promise<void> {
    const stalled = new AbortController();
    const signal = AbortSignal.any([request.signal, stalled.signal]);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), request.stallSeconds * 1000);
    };
    heard();
    try {
      // The browser's own cache would keep the file a second time, and mixes its pieces of broken answers in.
      const response = await fetch(request.url, { signal, cache: "no-store", headers: { range: `bytes=${from}-` } }).catch((cause: unknown) => { throw new Broken("no answer", { cause }); });
      // Nothing follows the last byte: the file is all there.
      if (response.status === 416 && response.headers.get("content-range") === `bytes */${from}`) return;
      const head = headOf(response, from);
      const known = etag;
      if (head.from !== 0 && known !== undefined && head.etag !== undefined && head.etag !== known) {
        // Another version of the file: its bytes do not go on from ours.
        from = 0;
        etag = undefined;
        throw new Broken("the file has changed on the server");
      }
      from = head.from;
      etag = head.etag;
      await request.onHead(head);
      if (response.body === null) throw new Broken("an answer without a body");
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read().catch((cause: unknown) => { throw new Broken("cut off", { cause }); });
        if (done) break;
        heard();
        from += value.byteLength;
        await request.onBytes(value);
        heard();
      }
      if (head.bytes !== undefined && from < head.bytes) throw new Broken("ended early");
    } finally {
      clearTimeout(timer);
      stalled.abort();
    }
  }
}

function headOf(response: Response, asked: number): DownloadHead {
  const { status } = response;
  const etag = response.headers.get("etag") ?? undefined;
  const version = etag === undefined ? {} : { etag };
  const range = contentRange.exec(response.headers.get("content-range") ?? "");
  if (status === 416) throw new ModelError("download-failed", "The file on the server is shorter than what has arrived. Delete it and download it again.", { status });
  if (status === 206) {
    if (range === null) return { ...version, from: asked };
    const total = range[2] === "*" ? undefined : Number(range[2]);
    return { ...version, from: Number(range[1]), ...(total === undefined ? {} : { bytes: total }) };
  }
  if (status === 401 || status === 403) throw new ModelError("download-failed", `The server does not give this file out (HTTP ${status}). Its licence may have to be accepted first, or the address has expired.`, { status });
  if (status === 429 || status >= 500) throw new Broken(`HTTP ${status}`);
  if (!response.ok) throw new ModelError("download-failed", `The model file could not be downloaded (HTTP ${status}). Check its address.`, { status });
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const plain = response.headers.get("content-encoding") === null;
  return { ...version, from: 0, ...(plain && Number.isFinite(length) && length > 0 ? { bytes: length } : {}) };
}

export const pause = (seconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(asModelError(signal.reason, "aborted"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", stop, { once: true });
  });
