import { RunsError } from "./runs-error.ts";

const name = "run=";
/** Characters; messengers and mail cut longer addresses short. */
const longestLink = 16_000;
/** Bytes; a link may have been made to unpack into far more than it is. */
const largestRun = 8_000_000;

/**
 * A run file in a URL fragment (`#run=…`), which browsers do not send to servers: compressed as zlib, whose checksum tells a
 * link that was cut short or changed, and written in base64url.
 * @throws RunsError `too-large`.
 */
export async function writeShareLink(runFile: string): Promise<string> {
  const packed = await collect(new Blob([runFile]).stream().pipeThrough(new CompressionStream("deflate")), Infinity);
  const link = `#${name}${toBase64Url(packed)}`;
  if (link.length > longestLink) throw new RunsError("too-large", "This run is too long for a link. Export it as a file and send that.");
  return link;
}

/**
 * The run file in a URL fragment; `undefined` where the fragment holds none. Import it, or read it to show it.
 * @throws RunsError `bad-link`.
 */
export async function readShareLink(fragment: string): Promise<string | undefined> {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(name)) return undefined;
  try {
    const packed = new Blob([fromBase64Url(text.slice(name.length))]);
    const bytes = await collect(packed.stream().pipeThrough(new DecompressionStream("deflate")), largestRun);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new RunsError("bad-link", "This link does not hold a whole run: it was cut short or changed on its way. Ask for it again, or for the exported file.", thrown);
  }
}

async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most} bytes`);
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
