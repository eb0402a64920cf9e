import { describe, expect, test } from "vitest";
import { createDownloads, type DownloadParts } from "../../../src/app/models/downloads.ts";
import { ModelError } from "../../../src/models/model-error.ts";

const target = { kind: "gguf", url: "https://models.test/a.gguf" } as const;
const id = target.url;
const never = new AbortController().signal;

/** A download that a test moves on by hand. */
function scripted(downloaded = true) {
  let seconds = 0;
  let persisted = 0;
  let progress: (bytes: number, total: number | undefined) => void = () => undefined;
  let finish: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const obtain: DownloadParts["obtain"] = (_target, onProgress, signal) => new Promise((resolve, reject) => {
    progress = onProgress;
    finish = () => resolve({ file: new Blob(["x"]), downloaded });
    fail = reject;
    signal.addEventListener("abort", () => reject(new ModelError("aborted", "Stopped.")));
  });
  const downloads = createDownloads({ obtain, persist: () => Promise.resolve(persisted++), now: () => seconds });
  return {
    downloads, shown: () => downloads.store.getState()[id],
    arrive: (bytes: number, total: number | undefined, at: number) => { seconds = at; progress(bytes, total); },
    finish: () => finish(), fail: (error: unknown) => fail(error), persisted: () => persisted,
  };
}

describe("a download on the shelf", () => {
  test("shows bytes, and the speed of the last seconds, not of the whole", async () => {
    const { downloads, arrive, shown, finish } = scripted();
    const file = downloads.download(target, never);
    arrive(0, 1000, 0);
    expect(shown()).toEqual({ kind: "running", bytes: 0, total: 1000 });
    arrive(100, 1000, 1);
    expect(shown()).toEqual({ kind: "running", bytes: 100, total: 1000, bytesPerSecond: 100 });
    for (let at = 2; at <= 12; at++) arrive(100 + (at - 1) * 10, 1000, at);
    expect(shown()).toMatchObject({ bytesPerSecond: 10 });
    finish();
    expect((await file)?.size).toBe(1);
    expect(shown()).toBeUndefined();
  });

  test("asks the browser to keep what is stored after something was downloaded, and only then", async () => {
    for (const downloaded of [true, false]) {
      const { downloads, finish, persisted } = scripted(downloaded);
      const file = downloads.download(target, never);
      finish();
      await file;
      expect(persisted()).toBe(downloaded ? 1 : 0);
    }
  });

  test("that is paused shows nothing; one that failed shows why until it is begun again", async () => {
    const { downloads, shown, fail } = scripted();
    const paused = downloads.download(target, never);
    downloads.pause(id);
    await expect(paused).rejects.toMatchObject({ kind: "aborted" });
    expect(shown()).toBeUndefined();
    downloads.begin(target);
    fail(new ModelError("storage-full", "No room."));
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    expect(shown()).toMatchObject({ kind: "failed", trouble: { kind: "storage-full" } });
    downloads.begin(target);
    expect(shown()).toEqual({ kind: "running", bytes: 0 });
  });

  test("gives way to a run that wants the same model, and what it says then counts no more", async () => {
    const { downloads, arrive, shown, finish } = scripted();
    const shelf = downloads.download(target, never).catch((error: unknown) => error);
    const run = downloads.download(target, never);
    expect(await shelf).toMatchObject({ kind: "aborted" });
    arrive(7, 10, 1);
    expect(shown()).toMatchObject({ bytes: 7 });
    finish();
    await run;
    expect(shown()).toBeUndefined();
  });
});
