import { loadPipeline } from "../../../src/models/webllm/load-pipeline.ts";
import { serveModel } from "../../../src/models/webllm/serve-model.ts";

/** The app's worker, but told "destroy" it destroys its GPU device, and told "hang" it computes nothing for ever. */
const devices: GPUDevice[] = [];
const { requestDevice } = { requestDevice: Reflect.get(GPUAdapter.prototype, "requestDevice") };
GPUAdapter.prototype.requestDevice = async function saved(descriptor) {
  const device = await requestDevice.call(this, descriptor);
  devices.push(device);
  return device;
};

const hear = serveModel((message) => self.postMessage(message), loadPipeline);
self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (data === "destroy") devices.at(-1)?.destroy();
  else if (data === "hang") for (;;);
  else hear(data);
});
