import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { chatMl } from "../../../src/models/chat-format.ts";
import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { scorePrompt, stepPrompt } from "../../../src/reasoning/prompts.ts";

const { signal } = new AbortController();
const style = { format: chatMl, instruction: "" };
const problem = "Take the number 10. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. Add 1. What is the result?";
const steps = Array.from({ length: 14 }, (_, place) => `${place === 0 ? "First" : "Now"}, ${10 + place} + 1 = ${11 + place}.`);

describe("the cache of the base model over a run's scores", { timeout: 60_000 }, () => {
  let server: ServedLocalBase;
  beforeAll(async () => {
    server = await serveLocalBase({ modelPath: embeddedModelPath, modelName: "arithmetic-base" }, 0);
  }, 60_000);
  afterAll(() => server.close());

  const tokensOf = async (prompt: string): Promise<number> => {
    const response = await fetch(`${server.url}/tokenize`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ prompt, add_special_tokens: false }) });
    const { count } = (await response.json()) as { count: number };
    return count;
  };

  it("holds at least 90 % of what was sent before, past the tenth step", async () => {
    const base = connectEndpoint({ baseUrl: server.url, model: "arithmetic-base", session: "run-1", sessionHeader: "X-Session-ID" });
    const shares: { readonly ofPrompt: number; readonly ofSentBefore: number }[] = [];
    let transcript = "";
    for (const step of steps) {
      const { usage } = await base.score({ prompts: [scorePrompt(style, problem, transcript + step)], signal });
      const sentBefore = await tokensOf(stepPrompt(style, problem, transcript));
      shares.push({ ofPrompt: (usage.cachedTokens ?? 0) / usage.promptTokens, ofSentBefore: (usage.cachedTokens ?? 0) / sentBefore });
      transcript += `${step}\n\n`;
    }
    const percent = (share: number): string => `${Math.round(100 * share)} %`;
    process.stdout.write(`\nCached past the tenth step: ${shares.slice(10).map(({ ofPrompt, ofSentBefore }) => `${percent(ofSentBefore)} of what was sent before (${percent(ofPrompt)} of the whole prompt)`).join(", ")}\n`);
    for (const { ofSentBefore } of shares.slice(10)) expect(ofSentBefore).toBeGreaterThanOrEqual(0.9);
  });
});
