import { fileURLToPath } from "node:url";
import { build } from "vite";

/** A worker of this folder as one script, to stand in for the app's own. */
export async function buildWorker(name: "scripted-worker" | "faulty-worker"): Promise<string> {
  const built = await build({
    configFile: false, logLevel: "error",
    build: { write: false, minify: false, target: "es2023", rollupOptions: { input: fileURLToPath(new URL(`${name}.ts`, import.meta.url)), output: { format: "es" } } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const [chunk] = output !== undefined && "output" in output ? output.output : [];
  if (chunk === undefined || chunk.type !== "chunk") throw new Error("no worker was built");
  return chunk.code;
}
