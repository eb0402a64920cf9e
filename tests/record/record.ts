import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { send } from "../support/http-client.ts";
import type { Setting } from "../support/recording.ts";
import { compareFolders } from "./compare-folders.ts";
import { recordServer } from "./record-server.ts";

const recordings = fileURLToPath(new URL("../support/recordings/", import.meta.url));
const requestsOf = { vllm: `${recordings}vllm-0.32.0`, llamaServer: `${recordings}llama-server-b10434` } as const;

const usage = `npm run record -- URL DIR [--setting open|closed|key|speculating] [--requests DIR] [--model NAME] [--origin URL]
  Sends the requests of recorded answers to the server at URL and writes what it answers into DIR, a file each: request, status,
  headers that matter, body, streams as they came. Keys, hosts and paths of the machine are taken out.
  --setting   how that server was started: open to the page's origin (the default), to no origin, with a key, speculating; one run for each
  --requests  the folder whose requests are sent; llama-server's own for a llama-server, vLLM's for all others
  --model     the model to ask for; the first one listed where absent
  --origin    an origin the server allows, where that is not https://page.test
  RECORD_KEY=…  the key, where the server wants one
npm run record -- --compare DIR1 DIR2
  Prints what changed from the one to the other.
npm run record -- --embedded vllm|llama-server DIR [--setting NAME]
  Starts that server of the embedded base model, in each setting or in one, and records it. Its packages are those of npm run test:live.
`;

const settingSchema = v.picklist(["open", "closed", "key", "speculating"]);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Wrong use of the command. */
class Usage extends Error {
  override readonly name = "Usage";
}

async function requestsFor(url: string): Promise<string> {
  const props = await send(`${url}/props`).catch(() => undefined);
  return props !== undefined && props.status !== 404 && /build_info|llama/i.test(props.text) ? requestsOf.llamaServer : requestsOf.vllm;
}

/** The key the embedded servers are started with; it is written nowhere. */
const embeddedKey = "sesame-of-the-recordings";
const page = "https://page.test";

async function recordEmbedded(server: string, folder: string, only: Setting | undefined): Promise<number> {
  const { startLlamaServer, startVllm } = await import("../live/servers/servers.ts");
  const starts: Readonly<Record<string, readonly (readonly [Setting, () => ReturnType<typeof startVllm>])[]>> = {
    vllm: [
      ["open", () => startVllm({ allowedOrigins: [page] })],
      ["closed", () => startVllm({})],
      ["key", () => startVllm({ allowedOrigins: ["*"], apiKey: embeddedKey })],
      ["speculating", () => startVllm({ allowedOrigins: [page], speculation: "draft_model" })],
    ],
    "llama-server": [["open", () => startLlamaServer({})]],
  };
  const settings = starts[server];
  if (settings === undefined) throw new Usage(`There is no embedded server "${server}".`);
  const requests = server === "vllm" ? requestsOf.vllm : requestsOf.llamaServer;
  let total = 0;
  for (const [setting, start] of settings.filter(([each]) => only === undefined || each === only)) {
    say(`Starting ${server}: ${setting}`);
    const { url, process: running } = await start();
    try {
      total += await recordServer({ url, requests, folder, setting, say, ...(setting === "key" ? { key: embeddedKey } : {}) });
    } finally {
      await running.stop();
    }
  }
  return total;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      compare: { type: "boolean", default: false }, embedded: { type: "string" }, setting: { type: "string" },
      requests: { type: "string" }, model: { type: "string" }, origin: { type: "string" }, help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [first, second] = positionals;
  if (values.compare) {
    if (first === undefined || second === undefined) throw new Usage("--compare takes two folders.");
    for (const folder of [first, second]) if (!existsSync(folder)) throw new Usage(`There is no folder ${folder}.`);
    const changes = compareFolders(first, second);
    for (const change of changes) say(change);
    say(changes.length === 0 ? "Nothing changed." : `${changes.length} changes.`);
    return 0;
  }
  const setting = v.safeParse(v.optional(settingSchema), values.setting);
  if (!setting.success) throw new Usage(`There is no setting "${values.setting ?? ""}".`);
  if (values.embedded !== undefined) {
    if (first === undefined) throw new Usage("A folder to write to is missing.");
    say(`${await recordEmbedded(values.embedded, first, setting.output)} answers recorded in ${first}.`);
    return 0;
  }
  if (first === undefined || second === undefined) throw new Usage("The server's URL and a folder are wanted.");
  if (!URL.canParse(first)) throw new Usage(`${first} is no URL.`);
  const url = first.replace(/\/+(v1\/*)?$/, "");
  const key = process.env["RECORD_KEY"];
  const count = await recordServer({
    url, folder: second, setting: setting.output ?? "open", say,
    requests: values.requests ?? (await requestsFor(url)),
    ...(key === undefined ? {} : { key }), ...(values.model === undefined ? {} : { model: values.model }), ...(values.origin === undefined ? {} : { origin: values.origin }),
  });
  say(`${count} answers recorded in ${second}.`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${error instanceof Usage ? usage : ""}`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}
