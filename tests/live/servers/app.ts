import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { startLeashed, untilAnswers, type Leashed } from "./leashed.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The built app on a port; with an upstream, /base leads there, with the key where one is given, and a shape slows its own base model. `origin` is what servers are told to allow, `otherOrigin` the same page as another one. */
export type ServedApp = { readonly origin: string; readonly otherOrigin: string; readonly process: Leashed };

export async function startApp({ upstream, apiKey, shape }: { readonly upstream?: string; readonly apiKey?: string; readonly shape?: string } = {}): Promise<ServedApp> {
  const port = await freePort();
  const process = startLeashed({
    name: "the app",
    command: globalThis.process.execPath,
    args: ["--import", "tsx", `${root}src/local-base/start.ts`, "--no-build", "--host", "127.0.0.1", "--port", String(port), ...(upstream === undefined ? [] : ["--upstream", upstream]), ...(shape === undefined ? [] : ["--shape", shape])],
    env: apiKey === undefined ? {} : { UPSTREAM_API_KEY: apiKey },
  });
  await untilAnswers(process, `http://127.0.0.1:${port}/`, 60);
  return { origin: `http://localhost:${port}`, otherOrigin: `http://127.0.0.1:${port}`, process };
}
