import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { cachedTokens, complete, expectedDigit, parseCompletion, parseFailure, problemPrompt, scoreFields, scoreSuffix } from "./completion-client.ts";
import { send } from "../../support/http-client.ts";
import { streamedData } from "../../support/streamed-data.ts";

const scoreOf = (choice: { logprobs: { top_logprobs: Record<string, number>[] } | null } | undefined): number =>
  expectedDigit(choice?.logprobs?.top_logprobs[0] ?? {});

describe("completions", { timeout: 60_000 }, () => {
  let server: ServedLocalBase;
  let url = "";
  beforeAll(async () => {
    server = await serveLocalBase({ modelPath: embeddedModelPath }, 0);
    ({ url } = server);
    await server.base.info();
  }, 60_000);
  afterAll(() => server.close());

  const steps = ["First, 74 + 31 = 105.", "Now, 105 + 37 = 142.", "Now, 142 - 97 = 45.", "Now, 45 + 49 = 95."];
  const scorePrompts = steps.map((_, index) => problemPrompt + steps.slice(0, index + 1).join("\n\n") + scoreSuffix);

  it("scores a list of steps as it scores them one by one, in order", async () => {
    const list = await complete(url, { prompt: scorePrompts, ...scoreFields });
    expect(list.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    const alone = [];
    for (const prompt of scorePrompts) alone.push(await complete(url, { prompt, ...scoreFields }));
    for (const [place, one] of alone.entries()) expect(Math.abs(scoreOf(list.choices[place]) - scoreOf(one.choices[0]))).toBeLessThan(0.02);
    expect(list.usage?.prompt_tokens).toBe(alone.reduce((sum, { usage }) => sum + (usage?.prompt_tokens ?? 0), 0));
    expect(list.usage?.completion_tokens).toBe(4);
    expect(scoreOf(list.choices[0])).toBeGreaterThan(7);
    expect(scoreOf(list.choices[3])).toBeLessThan(3);
  });

  it("streams a list with the index of each choice", async () => {
    const prompts = [problemPrompt, `${problemPrompt}${steps[0]}\n\n`];
    const answer = await send(`${url}/v1/completions`, { body: { prompt: prompts, max_tokens: 40, temperature: 0, stop: "\n\n", stream: true } });
    const texts = ["", ""];
    for (const chunk of streamedData(answer.text).map(parseCompletion)) for (const { index, text } of chunk.choices) texts[index] += text;
    expect(texts).toEqual([steps[0], steps[1]]);
  });

  it("writes the same text for the same seed, and other text for other seeds", async () => {
    const texts: (string | undefined)[] = [];
    for (const seed of [7, 8, 7]) texts.push((await complete(url, { prompt: problemPrompt, max_tokens: 60, temperature: 2, seed })).choices[0]?.text);
    expect(texts[2]).toBe(texts[0]);
    expect(texts[1]).not.toBe(texts[0]);
  });

  it("gives the choices of one request different texts", async () => {
    const { choices } = await complete(url, { prompt: problemPrompt, max_tokens: 40, temperature: 2, seed: 3, n: 3 });
    expect(new Set(choices.map(({ text }) => text)).size).toBe(3);
  });

  it("writes 16 tokens where no length is asked for, and up to the whole context for null", async () => {
    const short = await complete(url, { prompt: problemPrompt, ignore_eos: true });
    expect(short.usage?.completion_tokens).toBe(16);
    const whole = await complete(url, { prompt: problemPrompt, max_tokens: null, ignore_eos: true });
    expect(whole.usage?.total_tokens).toBe(512);
    expect(whole.choices[0]?.finish_reason).toBe("length");
  });

  it("ends at a stop token and names it", async () => {
    const { choices } = await complete(url, { prompt: problemPrompt, max_tokens: 40, stop_token_ids: [264] });
    expect(choices[0]).toMatchObject({ finish_reason: "stop", stop_reason: 264, text: "First, 74 + 31 = 105" });
  });

  it("writes only allowed tokens yet reports the raw distribution", async () => {
    const { choices } = await complete(url, { prompt: problemPrompt, max_tokens: 3, allowed_token_ids: [55, 52], logprobs: 3 });
    expect(choices[0]?.text).toMatch(/^[74]{3}$/);
    // "First" is nearly certain: it leads the raw distribution, and what was written is added to the three.
    expect(Object.keys(choices[0]?.logprobs?.top_logprobs[0] ?? {})).toContain("First");
    expect(Object.keys(choices[0]?.logprobs?.top_logprobs[0] ?? {})).toHaveLength(4);
  });

  it("keeps the transcript cached across scores, corrections and going back", async () => {
    let transcript = problemPrompt;
    let [cached, prompted] = [0, 0];
    for (let step = 0; step < 18; step += 1) {
      const before = (await complete(url, { prompt: transcript, max_tokens: 1 })).usage?.prompt_tokens ?? 0;
      const candidate = `${transcript}Now, ${20 + step} + 3 = ${23 + step}.`;
      const scored = await complete(url, { prompt: candidate + scoreSuffix, ...scoreFields });
      // The candidate's own tokens and the suffix are new; the transcript before them is not computed again.
      expect(cachedTokens(scored)).toBeGreaterThanOrEqual(before - 2);
      transcript = `${candidate}\n\n`;
      const drafted = await complete(url, { prompt: transcript, max_tokens: 4 });
      if (step >= 10) {
        cached += cachedTokens(drafted);
        prompted += drafted.usage?.prompt_tokens ?? 0;
      }
    }
    expect(cached / prompted).toBeGreaterThanOrEqual(0.9);
  });

  it("keeps the caches of sessions apart when they take turns", async () => {
    const sessions = ["a", "b", "c"].map((name) => ({ headers: { "X-Session-ID": name }, transcript: `${problemPrompt}Session ${name}. ` }));
    for (let turn = 0; turn < 6; turn += 1)
      for (const session of sessions) {
        const answer = await complete(url, { prompt: session.transcript, max_tokens: 1 }, { headers: session.headers });
        if (turn > 0) expect(cachedTokens(answer) / (answer.usage?.prompt_tokens ?? 1)).toBeGreaterThan(0.8);
        session.transcript += `Then ${turn} + 1 = ${turn + 1}.\n\n`;
      }
  });

  it.each([
    ["a prompt far beyond any context", { prompt: "74 + 31 = 105. ".repeat(200_000), max_tokens: 1 }, 400, "input_tokens"],
    ["a prompt that leaves no room for the output", { prompt: "7".repeat(505), max_tokens: 8 }, 400, "input_tokens"],
    ["tokens outside the vocabulary", { prompt: [1, 99_999], max_tokens: 1 }, 400, "prompt"],
    ["an empty prompt in a list", { prompt: ["7", ""], max_tokens: 1 }, 400, "prompt"],
    ["a field of the wrong type", { prompt: "7", max_tokens: "many" }, 400, "body.max_tokens"],
    ["a prompt of the wrong type", { prompt: { text: "7" } }, 400, "body.prompt"],
    ["a top_p above 1", { prompt: "7", top_p: 1.5 }, 400, "top_p"],
    ["stream options without a stream", { prompt: "7", stream_options: { include_usage: true } }, 400, "stream_options"],
    ["a grammar, which is not served", { prompt: "7", structured_outputs: { regex: "[0-9]" } }, 400, "structured_outputs"],
    ["echo, which is not served", { prompt: "7", echo: true }, 400, "echo"],
  ])("refuses %s and goes on", async (_, body, status, param) => {
    const answer = await send(`${url}/v1/completions`, { body });
    expect(answer.status).toBe(status);
    expect(parseFailure(answer)).toMatchObject({ code: status, param });
    expect((await complete(url, { prompt: problemPrompt, max_tokens: 1 })).choices[0]?.text).toBe("First");
  });

  it.each(["{", "", "[]", "null", '{"prompt": "7",}', "\u0000"])("refuses the malformed body %j", async (body) => {
    const answer = await send(`${url}/v1/completions`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(answer.status).toBe(400);
    expect(parseFailure(answer).code).toBe(400);
  });

  it("refuses a body of 9 MB with a status the client can read", async () => {
    const answer = await send(`${url}/v1/completions`, { body: { prompt: "x".repeat(9_000_000) } });
    expect(answer.status).toBe(413);
  });

  it("renders messages with the model's template, and refuses what the template cannot take", async () => {
    const body = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], add_generation_prompt: false };
    const tokenized = await send(`${url}/tokenize`, { body });
    const { tokens } = v.parse(v.object({ tokens: v.array(v.number()) }), JSON.parse(tokenized.text));
    const back = await send(`${url}/detokenize`, { body: { tokens } });
    expect(JSON.parse(back.text)).toEqual({ prompt: "<|im_start|>user\nHi<|im_end|>\n" });
    for (const wrong of [{}, { messages: [{ role: "user" }] }, { ...body, add_generation_prompt: true, continue_final_message: true }])
      expect((await send(`${url}/tokenize`, { body: wrong })).status).toBe(400);
  });
});
