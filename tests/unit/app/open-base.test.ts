import { afterEach, describe, expect, test, vi } from "vitest";
import { orAwaited } from "../../../src/app/models/awaited-base.ts";
import { openBase } from "../../../src/app/models/open-models.ts";
import { reasoningInstruction } from "../../../src/models/chat-format.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { markedMessages } from "../../../src/models/endpoint/turn-structure.ts";

type Asked = { readonly path: string; readonly headers: Headers };
const { signal } = new AbortController();
let ports = 8000;

afterEach(() => vi.unstubAllGlobals());

/** A vLLM whose model has turns of its own, each time at another address: what was learned of one is not of another. */
function server(model: string, away: (path: string) => boolean = () => false) {
  const asked: Asked[] = [];
  const baseUrl = `https://gpu.example:${ports++}`;
  const rendered = markedMessages.map(({ role, content }) => `<${role}>${content}</${role}>`).join("") + "<assistant>";
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const path = new URL(input instanceof Request ? input.url : String(input)).pathname;
    asked.push({ path, headers: new Headers(init?.headers) });
    if (away(path)) return Promise.reject(new TypeError("Failed to fetch"));
    if (path === "/v1/models") return Promise.resolve(Response.json({ object: "list", data: [{ id: model, object: "model", max_model_len: 4096 }] }));
    if (path === "/tokenize") {
      const body = typeof init?.body === "string" ? init.body : "";
      return Promise.resolve(Response.json(body.includes("messages") ? { tokens: [1, 2, 3], count: 3, max_model_len: 4096 } : { tokens: [40], count: 1, max_model_len: 4096 }));
    }
    if (path === "/detokenize") return Promise.resolve(Response.json({ prompt: rendered }));
    if (path === "/v1/completions") return Promise.resolve(Response.json({ choices: [{ index: 0, text: "7", finish_reason: "length", logprobs: { tokens: ["7"], token_logprobs: [-0.1], top_logprobs: [{ "7": -0.1 }] } }], usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } }));
    return Promise.resolve(Response.json({ error: { message: "Not Found", code: 404 } }, { status: 404 }));
  });
  return { baseUrl, asked, paths: () => asked.map(({ path }) => path) };
}

describe("a base model, opened for a run", () => {
  test("has the turns its server renders, asked for before its first run and never again", async () => {
    const { baseUrl, paths } = server("large");
    const source = { baseUrl, model: "large", apiKey: "" };
    const base = await openBase(source, "run-1", signal);
    expect(base.info.format.userStart).toContain("<user>");
    expect(base.info.instruction).toBe(reasoningInstruction);
    const asked = paths().length;
    const again = await openBase(source, "run-2", signal);
    expect(again.info.format).toEqual(base.info.format);
    // The list of models, as every run asks for it.
    expect(paths().slice(asked)).toEqual(["/v1/models"]);
  });

  test("is spoken to in its run without anything being asked on the side", async () => {
    const { baseUrl, paths } = server("large");
    const base = await openBase({ baseUrl, model: "large", apiKey: "" }, "run-1", signal);
    const asked = paths().length;
    await base.score({ prompts: ["Score: "], signal });
    expect(paths().slice(asked)).toEqual(["/v1/completions"]);
  });

  test("has the turns of its family where the server does not tell, and is not asked again", async () => {
    const { baseUrl, paths } = server("Qwen3-8B", (path) => path === "/tokenize");
    const base = await openBase({ baseUrl, model: "Qwen3-8B", apiKey: "" }, "run-1", signal);
    expect(base.info.format.id).toBe("chatml");
    const asked = paths().length;
    await openBase({ baseUrl, model: "Qwen3-8B", apiKey: "" }, "run-2", signal);
    expect(paths().slice(asked)).toEqual(["/v1/models"]);
  });

  test("whose endpoint is away is waited for while the run goes on, and is the real one once a probe is answered", async () => {
    let gone = true;
    const { baseUrl, asked, paths } = server("large", () => gone);
    for (const model of ["large", ""]) {
      gone = true;
      const source = { baseUrl, model, apiKey: "" };
      const base = await orAwaited(openBase)(source, "run-1", signal);
      expect(base.info.name).toBe(model);
      expect(paths()).not.toContain("/v1/completions");
      await expect(base.score({ prompts: ["Score: "], signal })).rejects.toMatchObject({ kind: "unreachable", retryable: true });
      await expect(base.probe(signal)).rejects.toMatchObject({ kind: "unreachable" });
      gone = false;
      await base.probe(signal);
      expect(base.info).toMatchObject({ id: `${baseUrl} large`, name: "large" });
      expect(base.info.format.userStart).toContain("<user>");
      expect((await base.score({ prompts: ["Score: "], signal })).judgements).toHaveLength(1);
      asked.length = 0;
    }
  });

  test("that refuses the key or is not served is no matter of waiting", async () => {
    const { baseUrl } = server("large");
    await expect(orAwaited(() => Promise.reject(new ModelError("unauthorized", "The key is wrong.")))({ baseUrl, model: "large", apiKey: "" }, "run-1", signal))
      .rejects.toMatchObject({ kind: "unauthorized" });
  });

  test("that is the built-in one is asked nothing and told nothing beside the problem", async () => {
    const { baseUrl, paths } = server("arithmetic-base");
    const { info } = await openBase({ baseUrl, model: "", apiKey: "" }, "run-1", signal);
    expect(info).toMatchObject({ instruction: "", format: { id: "chatml" } });
    expect(paths()).toEqual(["/v1/models"]);
  });

  test("gets the session header by the name chosen, and by its usual name only where it is known to pass", async () => {
    const sent = async (sessionHeader?: string): Promise<readonly (string | null)[]> => {
      const { baseUrl, asked } = server("large");
      const base = await openBase({ baseUrl, model: "large", apiKey: "", ...(sessionHeader === undefined ? {} : { sessionHeader }) }, "run-1", signal);
      await base.score({ prompts: ["Score: "], signal });
      return asked.filter(({ path }) => path === "/v1/completions").map(({ headers }) => headers.get(sessionHeader ?? "X-Session-ID"));
    };
    expect(await sent("X-Flow-Key")).toEqual(["run-1"]);
    expect(await sent()).toEqual([null]);
  });
});
