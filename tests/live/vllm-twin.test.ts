import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedModelPath } from "../../src/local-base/embedded-model.ts";
import { type MeantDifference, meantDifferences } from "../../src/local-base/not-claimed.ts";
import { type ServedLocalBase, serveLocalBase } from "../../src/local-base/serve.ts";
import { ask } from "../record/ask.ts";
import { differencesOf } from "../record/differences.ts";
import { inWords } from "../record/in-words.ts";
import { readRecordings, settingOf } from "../support/recording.ts";
import { isClaimed, unmeantDifferences } from "../support/twin.ts";
import { report } from "./report.ts";
import { type Served, startVllm } from "./servers/servers.ts";

const apiKey = "sesame-of-the-twins";
const recordings = readRecordings(fileURLToPath(new URL("../support/recordings/vllm-0.32.0", import.meta.url)));
const asked = [...recordings].filter(([name]) => settingOf(name) !== "speculating");

/** One vLLM and one local base, with a key and open to one origin: the same requests to both, at the same moment. */
describe("vllm-twin", () => {
  let vllm: Served;
  let local: ServedLocalBase;
  beforeAll(async () => {
    vllm = await startVllm({ allowedOrigins: ["https://page.test"], apiKey });
    local = await serveLocalBase({ modelPath: embeddedModelPath, allowedOrigins: ["https://page.test"], apiKey }, 0);
    report({ server: "vllm-twin" });
  }, 900_000);
  afterAll(async () => {
    await local?.close();
    await vllm?.process.stop();
  }, 60_000);

  const to = ({ url }: { readonly url: string }, name: string) => {
    const request = recordings.get(name)?.request;
    if (request === undefined) throw new Error(`There is no recording ${name}`);
    const setting = settingOf(name);
    // A server that is closed to all is to the page what one open to another origin is.
    const origin = setting === "closed" ? { origin: "https://closed.test" } : {};
    return ask({ url, request, key: apiKey, keyed: setting !== "key", secrets: { hosts: [new URL(url).host], key: apiKey, ...origin }, ...origin });
  };
  const met = new Set<MeantDifference>();
  const changed: string[] = [];

  it.each(asked.filter(([name]) => isClaimed(name)))("the local base answers %s as this vLLM does", async (name, recording) => {
    const [theirs, ours] = [await to(vllm, name), await to(local, name)];
    if (settingOf(name) === "open") changed.push(...inWords(differencesOf(name, recording, theirs)));
    expect(unmeantDifferences(name, { note: "", ...theirs }, ours, met)).toEqual([]);
  });

  it("has no difference listed as meant that is not there", () => {
    expect(meantDifferences.filter((one) => !met.has(one))).toEqual([]);
  });

  it("this vLLM answers as the recordings say", () => {
    const compared = asked.filter(([name]) => isClaimed(name)).length;
    report({ server: "vllm-twin", notes: [`${compared} requests answered by vLLM and the local base alike, but for ${meantDifferences.length} differences that are meant`, ...changed] });
    expect(changed).toEqual([]);
  });
});
