import { readdirSync, readFileSync } from "node:fs";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { notClaimed } from "../../../src/local-base/not-claimed.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { expectedDigit, parseCompletion, streamedData } from "./completion-client.ts";
import { send } from "./http-client.ts";

const folder = new URL("../../support/recordings/vllm-0.32.0/", import.meta.url);
const recording = v.object({
  request: v.object({ method: v.string(), path: v.string(), headers: v.record(v.string(), v.string()), body: v.unknown() }),
  response: v.object({ status: v.number(), headers: v.record(v.string(), v.string()), body: v.unknown() }),
});
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(/\.json$/, ""));
const recorded = (name: string) => v.parse(recording, JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));

/** How far a score or a log-probability of a likely token may be from vLLM's. */
const tolerance = 0.02;
/** Fields whose values belong to one server or one moment; they must be there, and of the same type. */
const volatile = new Set(["id", "created", "system_fingerprint", "cached_tokens"]);
/** What the local base says beside what vLLM says. */
const additional = new Set(["local_base"]);

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

describe("the local base as vLLM 0.32's twin", { timeout: 60_000 }, () => {
  let servers: { open: ServedLocalBase; closed: ServedLocalBase; withKey: ServedLocalBase };
  beforeAll(async () => {
    const options = { modelPath: embeddedModelPath };
    servers = {
      open: await serveLocalBase({ ...options, allowedOrigins: ["https://page.test"] }, 0),
      closed: await serveLocalBase(options, 0),
      withKey: await serveLocalBase({ ...options, allowedOrigins: ["*"], apiKey: "<key>" }, 0),
    };
  }, 60_000);
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });
  const serverFor = (name: string): ServedLocalBase =>
    name.startsWith("cors-closed") ? servers.closed : name.startsWith("auth-") || name === "preflight-key" ? servers.withKey : servers.open;

  it("names only recordings that exist among those it does not claim", () => {
    expect(Object.keys(notClaimed).filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length - Object.keys(notClaimed).length).toBeGreaterThan(55);
  });

  it.each(names.filter((name) => !Object.hasOwn(notClaimed, name)))("answers %s as vLLM does", async (name) => {
    const { request, response } = recorded(name);
    const { method, headers, body } = request;
    const answer = await send(`${serverFor(name).url}${request.path}`, { method, headers, body });

    expect(answer.status).toBe(response.status);
    for (const [header, value] of Object.entries(response.headers)) expect(answer.headers, header).toHaveProperty([header], value);
    const permissions = Object.keys(answer.headers).filter((header) => header.startsWith("access-control-"));
    for (const permission of permissions) expect(Object.keys(response.headers)).toContain(permission);

    const greedy = isObject(body) && body["temperature"] === 0;
    if (typeof response.body === "string" && response.body.startsWith("data: ")) {
      expect(answer.text.endsWith("data: [DONE]\n\n")).toBe(true);
      const ours = streamedData(answer.text).map((data) => JSON.parse(data) as unknown);
      sameAnswer(ours, streamedData(response.body).map((data) => JSON.parse(data) as unknown), greedy, name);
    } else if (typeof response.body === "string") expect(answer.text).toBe(response.body);
    else sameAnswer(JSON.parse(answer.text), response.body, greedy, name);
  });

  it("counts under names vLLM has", async () => {
    const known = readFileSync(new URL("metrics-names.txt", folder), "utf8").split("\n");
    const { text } = await send(`${servers.open.url}/metrics`);
    const counted = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.replace(/\{.*/, ""));
    expect(counted.length).toBeGreaterThan(5);
    expect(counted.filter((name) => !known.includes(name))).toEqual([]);
  });
});

/** The same fields everywhere; the same values, but for what no two servers share and for rounding. */
function sameAnswer(ours: unknown, theirs: unknown, greedy: boolean, path: string): void {
  if (Array.isArray(theirs)) {
    expect(Array.isArray(ours), path).toBe(true);
    if (!Array.isArray(ours)) return;
    expect(ours.length, path).toBe(theirs.length);
    theirs.forEach((value, index) => sameAnswer(ours[index], value, greedy, `${path}[${index}]`));
  } else if (isObject(theirs)) {
    expect(isObject(ours), path).toBe(true);
    if (!isObject(ours)) return;
    expect(Object.keys(ours).filter((key) => !additional.has(key)).toSorted(), path).toEqual(Object.keys(theirs).toSorted());
    for (const [key, value] of Object.entries(theirs)) {
      const place = `${path}.${key}`;
      if (key === "top_logprobs") sameDistribution(ours[key], value, place);
      else if (key === "text" && !greedy) expect(typeof ours[key], place).toBe("string");
      else if (key === "message") sameMessage(ours[key], value, theirs["type"], place);
      else if (volatile.has(key) && value !== null) expect(typeof ours[key], place).toBe(typeof value);
      else sameAnswer(ours[key], value, greedy, place);
    }
  } else if (typeof theirs === "number" && !Number.isInteger(theirs)) {
    expect(typeof ours, path).toBe("number");
    expect(Math.abs(Number(ours) - theirs), path).toBeLessThan(tolerance);
  } else expect(ours, path).toEqual(theirs);
}

const distributions = v.array(v.record(v.string(), v.number()));

function sameDistribution(ours: unknown, theirs: unknown, path: string): void {
  const [mine, vllms] = [v.parse(distributions, ours), v.parse(distributions, theirs)];
  expect(mine.length, path).toBe(vllms.length);
  for (const [place, expected] of vllms.entries()) {
    const actual = mine[place] ?? {};
    expect(Object.keys(actual).length, path).toBe(Object.keys(expected).length);
    for (const [token, logprob] of Object.entries(expected).filter((entry) => entry[1] > -5))
      expect(Math.abs((actual[token] ?? Number.NEGATIVE_INFINITY) - logprob), `${path} ${token}`).toBeLessThan(tolerance);
    if (Object.keys(expected).length === 20) expect(Math.abs(expectedDigit(actual) - expectedDigit(expected)), path).toBeLessThan(tolerance);
  }
}

/** A refusal by vLLM's engine is worded the same; the schema's own wording (Pydantic's) is not copied. */
function sameMessage(ours: unknown, theirs: unknown, type: unknown, path: string): void {
  expect(typeof ours, path).toBe("string");
  if (type !== "Bad Request") expect(ours, path).toBe(String(theirs).replaceAll("-1.0", "-1"));
}

it.each([
  ["score-right-step", 8.56],
  ["score-wrong-step", 1],
])("reads the score vLLM recorded in %s as %d", (name, expected) => {
  const { choices } = parseCompletion(JSON.stringify(recorded(name).response.body));
  expect(expectedDigit(choices[0]?.logprobs?.top_logprobs[0] ?? {})).toBeCloseTo(expected, 1);
});
