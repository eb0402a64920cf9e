import type { FromWorker } from "./messages.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { serveModel } from "./serve-model.ts";

const hear = serveModel((message: FromWorker) => self.postMessage(message), loadPipeline);
self.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(data));
