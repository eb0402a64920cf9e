import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename } from "node:path";
import { asApiError } from "./api-error.ts";
import { completions, type CompletionServer } from "./completions.ts";
import { crossOrigin, isPreflight } from "./cross-origin.ts";
import { type LanguageModel, loadLanguageModel } from "./language-model.ts";
import { metricsText, newMetrics } from "./metrics.ts";
import { receive, type Reply } from "./reply.ts";
import { sequencePool } from "./sequence-pool.ts";
import type { Shape } from "./shape.ts";
import { detokenize, tokenize } from "./tokenization.ts";

export type LocalBaseOptions = {
  /** A GGUF file. */
  readonly modelPath: string;
  /** What clients call the model; the file's name without its ending where absent. */
  readonly modelName?: string;
  /** Pages of other origins that may read the answers; none where absent. "*" is every page. */
  readonly allowedOrigins?: readonly string[];
  /** Asked for on `/v1`, as vLLM does; the other routes stay open. */
  readonly apiKey?: string;
  readonly shape?: Shape;
  /** Most tokens of prompt and output together; the model's training context where that is smaller. Default 4096. */
  readonly maxContextTokens?: number;
  /** Prompts computed and cached side by side. Default 4. */
  readonly sequences?: number;
};

export type LocalBaseInfo = { readonly modelName: string; readonly contextTokens: number };

/** An OpenAI-compatible endpoint over llama.cpp that behaves as vLLM 0.32 does, to be mounted into any Node HTTP server. */
export type LocalBase = {
  /**
   * Answers the request and resolves to true when that is done, or resolves to false at once where the path is not the
   * endpoint's. With `everyPath` all paths are, and unknown ones are answered with vLLM's 404.
   */
  handle(request: IncomingMessage, response: ServerResponse, everyPath?: boolean): Promise<boolean>;
  /** Loads the model (a first request does, too). @throws LocalBaseError */
  info(): Promise<LocalBaseInfo>;
  /** Frees the model when the requests still running have ended; close the HTTP server's connections first. */
  close(): Promise<void>;
};

/** The vLLM whose answers are copied. */
const vllmVersion = "0.32.0";

type Route = { readonly method: "GET" | "POST"; readonly answer: (reply: Reply) => Promise<void> };

export function createLocalBase(options: LocalBaseOptions): LocalBase {
  const modelName = options.modelName ?? basename(options.modelPath).replace(/\.gguf$/i, "");
  const shape = options.shape ?? {};
  const cors = crossOrigin(options.allowedOrigins ?? []);
  const metrics = newMetrics();
  const created = Math.floor(Date.now() / 1000);
  const running = new Set<Promise<boolean>>();
  let loading: Promise<CompletionServer> | undefined;

  const load = (): Promise<CompletionServer> =>
    (loading ??= loadLanguageModel({
      modelPath: options.modelPath,
      maxContextTokens: options.maxContextTokens ?? 4096,
      sequences: options.sequences ?? 4,
    }).then((model) => ({ model, modelName, fingerprint: `vllm-${vllmVersion}-local-base`, pool: sequencePool(model.sequences), metrics, shape })));
  const model = async (): Promise<LanguageModel> => (await load()).model;

  const routes: Readonly<Record<string, Route>> = {
    "/health": {
      method: "GET",
      answer: async (reply) => {
        await load();
        await reply.text(200, undefined, "");
      },
    },
    "/version": {
      method: "GET",
      answer: (reply) => reply.json(200, { version: vllmVersion, local_base: { engine: "node-llama-cpp", shape: options.shape ?? null } }),
    },
    "/metrics": { method: "GET", answer: (reply) => reply.text(200, "text/plain; version=0.0.4; charset=utf-8", metricsText(metrics, modelName)) },
    "/v1/models": {
      method: "GET",
      answer: async (reply) => reply.json(200, modelList(modelName, created, (await model()).contextTokens)),
    },
    "/v1/completions": {
      method: "POST",
      answer: async (reply) => {
        const body = await reply.readJson();
        await completions(await load(), body, reply);
      },
    },
    "/tokenize": { method: "POST", answer: async (reply) => reply.json(200, tokenize(await model(), modelName, await reply.readJson())) },
    "/detokenize": { method: "POST", answer: async (reply) => reply.json(200, detokenize(await model(), modelName, await reply.readJson())) },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, everyPath: boolean): Promise<boolean> => {
    const path = (request.url ?? "/").replace(/[?#].*$/s, "");
    const guarded = path === "/v1" || path.startsWith("/v1/");
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined && !guarded && !everyPath) return false;
    const preflight = isPreflight(request);
    const refused = guarded && request.method !== "OPTIONS" && !hasKey(request, options.apiKey);
    const reply = await receive(request, response, shape, refused ? {} : cors.headers(request));
    try {
      if (preflight) await reply.raw(() => cors.answerPreflight(request, response));
      else if (refused) await reply.json(401, { error: "Unauthorized" });
      else if (route === undefined) await reply.json(404, { detail: "Not Found" });
      else if (request.method !== route.method && !(request.method === "HEAD" && route.method === "GET"))
        await reply.json(405, { detail: "Method Not Allowed" }, { allow: route.method });
      else await route.answer(reply);
    } catch (thrown) {
      if (reply.signal.aborted || response.headersSent) return true;
      const error = asApiError(thrown);
      await reply.json(error.status, error.body);
    }
    return true;
  };

  return {
    handle(request, response, everyPath = false) {
      const answered = answer(request, response, everyPath);
      running.add(answered);
      return answered.finally(() => running.delete(answered));
    },
    info: async () => ({ modelName, contextTokens: (await model()).contextTokens }),
    async close() {
      await Promise.allSettled(running);
      const server = await loading?.catch(() => undefined);
      await server?.model.close();
    },
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function hasKey(request: IncomingMessage, key: string | undefined): boolean {
  if (key === undefined) return true;
  return timingSafeEqual(digest(request.headers.authorization ?? ""), digest(`Bearer ${key}`));
}

function modelList(id: string, created: number, contextTokens: number): object {
  const permission = {
    id: `modelperm-${id}`,
    object: "model_permission",
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: "*",
    group: null,
    is_blocking: false,
  };
  return {
    object: "list",
    data: [{ id, object: "model", created, owned_by: "vllm", root: id, parent: null, max_model_len: contextTokens, permission: [permission] }],
  };
}
