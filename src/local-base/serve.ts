import { createServer, type Server } from "node:http";
import { LocalBaseError } from "./local-base-error.ts";
import { createLocalBase, type LocalBase, type LocalBaseOptions } from "./local-base.ts";

export type ServedLocalBase = {
  /** Without a trailing slash. */
  readonly url: string;
  readonly base: LocalBase;
  close(): Promise<void>;
};

/** The local base alone on a port (0 takes a free one). @throws LocalBaseError where the port is taken. */
export async function serveLocalBase(options: LocalBaseOptions, port: number, host = "127.0.0.1"): Promise<ServedLocalBase> {
  const base = createLocalBase(options);
  const server = createServer((request, response) => {
    base.handle(request, response, true).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await listen(server, port, host);
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    base,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await base.close();
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "EADDRINUSE" ? new LocalBaseError(`Port ${port} is in use. Choose another with --port.`, { cause }) : cause);
    });
    server.listen(port, host, resolve);
  });
}
