import * as v from "valibot";
import { aborted, ModelError } from "../model-error.ts";

const answer = v.union([v.object({ hex: v.string() }), v.object({ failed: v.string() })]);

/** SHA-256 of a file of any size, in hexadecimal, computed in a worker. @throws ModelError */
export function sha256Of(file: Blob, signal: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const worker = new Worker(new URL("./sha256-worker.ts", import.meta.url), { type: "module", name: "sha256" });
    const end = () => {
      worker.terminate();
      signal.removeEventListener("abort", stop);
    };
    const fail = (cause: unknown) => {
      end();
      reject(new ModelError("download-failed", "The downloaded file could not be checked. Try again.", { cause }));
    };
    const stop = () => {
      end();
      reject(aborted());
    };
    worker.addEventListener("error", (event) => fail(event.message));
    worker.addEventListener("message", (event: MessageEvent<unknown>) => {
      const parsed = v.safeParse(answer, event.data);
      if (!parsed.success || "failed" in parsed.output) {
        fail(event.data);
        return;
      }
      end();
      resolve(parsed.output.hex);
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    else worker.postMessage(file, { transfer: [] });
  });
}
