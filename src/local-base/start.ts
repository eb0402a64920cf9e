import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { embeddedModelPath } from "./embedded-model.ts";
import { checkGgufFile } from "./gguf-file.ts";
import { LocalBaseError } from "./local-base-error.ts";
import { createLocalBase } from "./local-base.ts";
import { localBaseOptions, modelFlags, portNumber, readArguments } from "./options.ts";
import { localBasePlugin } from "./vite-plugin.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const usualPort = 5173;

const help = `npm start -- [--port ${usualPort}] [--host HOST] [--no-build] [--model FILE.gguf] [--shape rtt=0.1,tpot=0.045,ttft=0.3]
  Builds the app and serves it with its base model on one origin. A port that is taken gives way to the next free one.
  --name, --allowed-origins, --api-key, --context, --sequences: as for npm run base
`;

async function main(): Promise<void> {
  const flags = readArguments(process.argv.slice(2), { ...modelFlags, "no-build": { type: "boolean" } });
  if (flags.help === true) {
    process.stdout.write(help);
    return;
  }
  const modelPath = flags.model ?? embeddedModelPath;
  await checkGgufFile(modelPath);
  const base = createLocalBase(localBaseOptions(flags, modelPath));
  const port = portNumber(flags.port) ?? usualPort;

  if (flags["no-build"] === true) {
    if (!existsSync(`${root}/dist/index.html`)) throw new LocalBaseError("There is no build yet. Leave out --no-build.");
  } else {
    process.stdout.write("Building the app…\n");
    await build({ root, logLevel: "warn" });
  }
  const server = await preview({
    root,
    logLevel: "warn",
    plugins: [localBasePlugin(base)],
    preview: { port, strictPort: false, ...(flags.host === undefined ? {} : { host: flags.host }) },
  });
  const addresses = [...(server.resolvedUrls?.local ?? []), ...(server.resolvedUrls?.network ?? [])];
  process.stdout.write(`Open ${addresses.join(" or ")}\nStop with Ctrl+C.\n`);
  const stop = (): void => void server.close().finally(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await base.info();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof LocalBaseError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
