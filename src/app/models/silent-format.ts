import type { ChatFormat } from "../../models/chat-format.ts";
import { askTurnStructure } from "../../models/endpoint/ask-turn-structure.ts";
import { knownDialect } from "../../models/endpoint/known-dialect.ts";
import { type EndpointAccess, openTransport } from "../../models/endpoint/open-transport.ts";

/** Milliseconds; a run does not wait longer for what it can do without. */
const longest = 5000;

/**
 * The model's own turn structure where its server tells, by a few small requests; how the server is to be spoken to is
 * learned on the way, so that the run need not ask. Any failure is undefined: the run that follows will meet it, and tell.
 */
export async function silentFormat(access: EndpointAccess, model: string, signal: AbortSignal): Promise<ChatFormat | undefined> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
  try {
    const { transport, addresses, memory } = openTransport(access);
    const { server } = await knownDialect(transport, model, addresses.root, memory).get(limited);
    return await askTurnStructure(transport, model, server, limited);
  } catch {
    return undefined;
  }
}
