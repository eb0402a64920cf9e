import { LocalBaseError } from "./local-base-error.ts";
import { localBaseOptions, modelFlags, portNumber, readArguments } from "./options.ts";
import { serveLocalBase } from "./serve.ts";

const help = `npm run base -- --model FILE.gguf [--port 8000] [--host 127.0.0.1]
  --name NAME               what clients call the model (default: the file's name)
  --allowed-origins JSON    pages of other origins that may use it, as in '["https://the.page"]'
  --api-key KEY             asked for on /v1
  --shape rtt=0.1,tpot=0.045,ttft=0.3[,score=0.2]   slow it down to a link and a GPU, in seconds
  --context TOKENS          most tokens of prompt and output together (default 4096)
  --sequences N             prompts served side by side (default 4)
`;

async function main(): Promise<void> {
  const flags = readArguments(process.argv.slice(2), modelFlags);
  if (flags.help === true) {
    process.stdout.write(help);
    return;
  }
  if (flags.model === undefined) throw new LocalBaseError("Which model? Give --model FILE.gguf.");
  const served = await serveLocalBase(localBaseOptions(flags, flags.model), portNumber(flags.port) ?? 8000, flags.host);
  const stop = (): void => void served.close().finally(() => process.exit(0));
  // Not `once`: a listener that removes itself before it runs looks like none to signal-exit, which then ends the process at once.
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const { modelName, contextTokens } = await served.base.info();
  process.stdout.write(`${modelName} (${contextTokens} tokens of context) at ${served.url}/v1\nStop with Ctrl+C.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof LocalBaseError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exit(1);
});
