import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../../src/local-base/embedded-model.ts";
import { type MeantDifference, meantDifferences, notClaimed } from "../../../src/local-base/not-claimed.ts";
import { type ServedLocalBase, serveLocalBase } from "../../../src/local-base/serve.ts";
import { ask } from "../../record/ask.ts";
import { metricsNames } from "../../record/record-server.ts";
import { send } from "../../support/http-client.ts";
import { readMetricsNames, readRecordings, type Setting, settingOf } from "../../support/recording.ts";
import { isClaimed, unmeantDifferences } from "../../support/twin.ts";
import { expectedDigit, parseCompletion } from "./completion-client.ts";

const folder = fileURLToPath(new URL("../../support/recordings/vllm-0.32.0", import.meta.url));
const recordings = readRecordings(folder);

describe("the local base as vLLM 0.32's twin", { timeout: 60_000 }, () => {
  let servers: Readonly<Record<Setting, ServedLocalBase>>;
  beforeAll(async () => {
    const options = { modelPath: embeddedModelPath };
    const open = await serveLocalBase({ ...options, allowedOrigins: ["https://page.test"] }, 0);
    servers = {
      open,
      // What speculates cannot be told from its answers.
      speculating: open,
      closed: await serveLocalBase(options, 0),
      key: await serveLocalBase({ ...options, allowedOrigins: ["*"], apiKey: "<key>" }, 0),
    };
  }, 60_000);
  afterAll(async () => {
    await Promise.all([...new Set(Object.values(servers))].map((server) => server.close()));
  });

  it("names only recordings that exist among those it does not claim", () => {
    expect(Object.keys(notClaimed).filter((name) => !recordings.has(name))).toEqual([]);
    expect(recordings.size - Object.keys(notClaimed).length).toBeGreaterThan(55);
  });

  const met = new Set<MeantDifference>();
  it.each([...recordings].filter(([name]) => isClaimed(name)))("answers %s as vLLM does", async (name, recording) => {
    const answer = await ask({ url: servers[settingOf(name)].url, request: recording.request, secrets: { hosts: [] } });
    expect(unmeantDifferences(name, recording, answer, met)).toEqual([]);
  });

  it("has no difference listed as meant that is not there", () => {
    expect(meantDifferences.filter((one) => !met.has(one))).toEqual([]);
  });

  it("counts under names vLLM has", async () => {
    const known = readMetricsNames(folder);
    const counted = metricsNames((await send(`${servers.open.url}/metrics`)).text);
    expect(counted.length).toBeGreaterThan(5);
    expect(counted.filter((name) => !known.includes(name))).toEqual([]);
  });
});

it.each([
  ["score-right-step", 8.56],
  ["score-wrong-step", 1],
])("reads the score vLLM recorded in %s as %d", (name, expected) => {
  const { choices } = parseCompletion(JSON.stringify(recordings.get(name)?.response.body));
  expect(expectedDigit(choices[0]?.logprobs?.top_logprobs[0] ?? {})).toBeCloseTo(expected, 1);
});
