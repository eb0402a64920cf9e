import { adaptPipeline } from "../../../src/models/webllm/pipeline-internals.ts";
import { serveModel } from "../../../src/models/webllm/serve-model.ts";
import { scriptedPackagePipeline } from "../scripted-pipeline.ts";

/**
 * A real worker with a real GPU device, whose model is scripted. "destroy" destroys the device, "hang" computes nothing for
 * ever; `{ fault, after }` does so after as many tokens written, in the middle of a call.
 */
let device: GPUDevice | undefined;
let planned: { readonly fault: "destroy" | "hang"; readonly after: number } | undefined;
/** From the first call on: the check at load writes, too. */
let written: number | undefined;

function fail(fault: "destroy" | "hang"): void {
  if (fault === "destroy") device?.destroy();
  else for (;;);
}

const hear = serveModel((message) => self.postMessage(message), async ({ modelUrl }) => {
  device = await (await navigator.gpu.requestAdapter())?.requestDevice();
  if (device === undefined) throw new Error("no GPU device");
  const { pipeline } = scriptedPackagePipeline({ device, careless: modelUrl.includes("careless") });
  const forward = pipeline.forwardDecodeToken.bind(pipeline);
  pipeline.forwardDecodeToken = async (token) => {
    if (written !== undefined) written += 1;
    if (planned !== undefined && written !== undefined && written > planned.after) fail(planned.fault);
    return await forward(token);
  };
  return { pipeline: adaptPipeline(pipeline), adapter: "scripted on a real device" };
});

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (data === "destroy" || data === "hang") fail(data);
  else if (typeof data === "object" && data !== null && "fault" in data) {
    planned = data as NonNullable<typeof planned>;
    written &&= 0;
  } else {
    if (typeof data === "object" && data !== null && "prompt" in data) written ??= 0;
    hear(data);
  }
});
