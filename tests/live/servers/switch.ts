import { connect, createServer, type Socket } from "node:net";

/** An address that stays the same while what is behind it changes. */
export type Switch = { readonly url: string; lead(to: { readonly port: number }): void; stop(): Promise<void> };

export async function startSwitch(): Promise<Switch> {
  let target: number | undefined;
  const open = new Set<Socket>();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((incoming) => {
    if (target === undefined) return void incoming.destroy();
    const outgoing = connect(target, "127.0.0.1");
    for (const [socket, other] of [[incoming, outgoing], [outgoing, incoming]] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.pipe(other);
      socket.once("error", () => other.destroy());
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    lead({ port }) {
      target = port;
      // Connections are kept alive, and would lead where they led.
      cut();
    },
    async stop() {
      cut();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
