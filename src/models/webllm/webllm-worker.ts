import type { FromWorker } from "./messages.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { serveDraft } from "./serve-draft.ts";

const hear = serveDraft((message: FromWorker) => self.postMessage(message), loadPipeline);
self.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data));
