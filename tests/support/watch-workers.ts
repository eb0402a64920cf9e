import type { Page } from "playwright/test";
import { buildWorker } from "./webllm-page/build-worker.ts";

type Fault = { readonly fault: "destroy" | "hang"; readonly after: number };
/** Of llama.cpp's worker: it is gone while it computes in its call of that number. */
type Kill = { readonly fault: "kill"; readonly inCall: number };
type Watched = { readonly workers: Worker[]; readonly prompts: string[][]; killed: number };

/** The workers the page starts, the prompts each was given, and how to lose one; `faults` are planned for the first, the second, …, and for none after a reload. */
export async function watchWorkers(page: Page, faults: readonly (Fault | Kill)[] = []) {
  await page.addInitScript((faultsOnce) => {
    const planned = sessionStorage.getItem("faults-planned") === null ? faultsOnce : [];
    sessionStorage.setItem("faults-planned", "yes");
    const watched: Watched = { workers: [], prompts: [], killed: 0 };
    const { Worker: RealWorker } = window;
    window.Worker = class extends RealWorker {
      readonly #prompts: string[] = [];
      #kill: Kill | undefined;
      #calls = 0;
      #asked = 0;
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!/webllm|^blob:/.test(String(url))) return;
        const fault = planned[watched.workers.push(this) - 1];
        watched.prompts.push(this.#prompts);
        if (fault?.fault === "kill") this.#kill = fault;
        else if (fault !== undefined) super.postMessage(fault);
      }
      override postMessage(message: unknown, ...rest: readonly never[]): void {
        if (typeof message === "object" && message !== null && "prompt" in message) this.#prompts.push(String(message.prompt));
        if (this.#kill !== undefined) this.#killWithin(this.#kill, message);
        super.postMessage(message, ...rest);
      }
      /** Told by wllama's own messages: a call, then one asking for each result. */
      #killWithin({ inCall }: Kill, message: unknown): void {
        const action = typeof message === "object" && message !== null && "args" in message && Array.isArray(message.args) ? String(message.args[0]) : "";
        if (action === "completion") this.#calls += 1;
        if (action === "get_result" && this.#calls === inCall) this.#asked += 1;
        if (this.#asked !== 3) return;
        this.terminate();
        watched.killed += 1;
        this.#kill = undefined;
      }
    };
    Object.assign(window, { watched });
  }, faults);
  return {
    prompts: () => page.evaluate(() => (window as unknown as { watched: Watched }).watched.prompts),
    plan: (fault: Fault) => page.evaluate((planned) => (window as unknown as { watched: Watched }).watched.workers.at(-1)?.postMessage(planned), fault),
    killed: () => page.evaluate(() => (window as unknown as { watched: Watched }).watched.killed),
  };
}

/** WebLLM's worker of this page runs a scripted model on a real device; one from an address with “careless” in it gets a step wrong. */
export async function withScriptedWorker(page: Page): Promise<void> {
  const body = await buildWorker("scripted-worker");
  await page.route(/webllm-worker-[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body, headers: { "cross-origin-embedder-policy": "credentialless" } }));
}
