import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import * as v from "valibot";

/** Web Crypto hashes only what is whole in memory; models are not. */
async function hexOf(file: Blob): Promise<string> {
  const hash = sha256.create();
  for await (const chunk of file.stream()) hash.update(chunk);
  return bytesToHex(hash.digest());
}

self.addEventListener("message", (event: MessageEvent<unknown>) => {
  void hexOf(v.parse(v.instance(Blob), event.data)).then(
    (hex) => self.postMessage({ hex }, { transfer: [] }),
    (error: unknown) => self.postMessage({ failed: String(error) }, { transfer: [] }),
  );
});
