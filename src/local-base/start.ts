import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { embeddedModelPath } from "./embedded-model.ts";
import { checkGgufFile } from "./gguf-file.ts";
import { LocalBaseError } from "./local-base-error.ts";
import { createLocalBase } from "./local-base.ts";
import { localBaseOptions, modelFlags, portNumber, readArguments } from "./options.ts";
import { upstreamProxyPlugin } from "./upstream-proxy.ts";
import { localBasePlugin } from "./vite-plugin.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const usualPort = 5173;

const help = `npm start -- [--port ${usualPort}] [--host HOST] [--no-build] [--model FILE.gguf] [--shape rtt=0.1,tpot=0.045,ttft=0.3] [--upstream URL]
  Builds the app and serves it with its base model on one origin. A port that is taken gives way to the next free one.
  --upstream URL: /base leads to that endpoint instead of the local base, for endpoints that no page may read. Its key is
  read from UPSTREAM_API_KEY in the environment and stays on this server.
  --name, --allowed-origins, --api-key, --context, --sequences: as for npm run base
`;

async function main(): Promise<void> {
  const flags = readArguments(process.argv.slice(2), { ...modelFlags, "no-build": { type: "boolean" }, upstream: { type: "string" } });
  if (flags.help === true) {
    process.stdout.write(help);
    return;
  }
  const modelPath = flags.model ?? embeddedModelPath;
  await checkGgufFile(modelPath);
  const base = createLocalBase(localBaseOptions(flags, modelPath));
  const port = portNumber(flags.port) ?? usualPort;
  const apiKey = process.env["UPSTREAM_API_KEY"];
  const upstream = typeof flags.upstream !== "string" ? [] : [upstreamProxyPlugin({ upstream: flags.upstream, ...(apiKey === undefined ? {} : { apiKey }) })];

  if (flags["no-build"] === true) {
    if (!existsSync(`${root}/dist/index.html`)) throw new LocalBaseError("There is no build yet. Leave out --no-build.");
  } else {
    process.stdout.write("Building the app…\n");
    await build({ root, logLevel: "warn" });
  }
  const server = await preview({
    root,
    logLevel: "warn",
    // The proxy comes first: what it does not take is the local base's.
    plugins: [...upstream, localBasePlugin(base)],
    preview: { port, strictPort: false, ...(flags.host === undefined ? {} : { host: flags.host }) },
  });
  const addresses = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
  const behind = typeof flags.upstream === "string" ? `/base leads to ${flags.upstream}\n` : "";
  process.stdout.write(`Open ${addresses.join(" or ")}\n${behind}Stop with Ctrl+C.\n`);
  const stop = (): void => void server.close().finally(() => process.exit(0));
  // Not `once`: a listener that removes itself before it runs looks like none to signal-exit, which then ends the process at once.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  await base.info();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof LocalBaseError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
