import { adaptPipeline } from "../../../src/models/webllm/pipeline-internals.ts";
import { serveDraft } from "../../../src/models/webllm/serve-draft.ts";
import { scriptedPackagePipeline } from "../scripted-pipeline.ts";

/** A real worker with a real GPU device, whose model is scripted. "destroy" destroys the device, "hang" computes nothing for ever. */
let device: GPUDevice | undefined;

const hear = serveDraft((message) => self.postMessage(message), async () => {
  device = await (await navigator.gpu.requestAdapter())?.requestDevice();
  if (device === undefined) throw new Error("no GPU device");
  return { pipeline: adaptPipeline(scriptedPackagePipeline({ device }).pipeline), adapter: "scripted on a real device" };
});

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (data === "destroy") device?.destroy();
  else if (data === "hang") for (;;);
  else hear(data);
});
