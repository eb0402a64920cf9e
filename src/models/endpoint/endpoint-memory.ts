import type { Dialect } from "./dialect.ts";

/** What endpoints taught. A page keeps one for as long as it lives, so that nothing is asked twice; it holds no key. */
export type EndpointMemory = {
  readonly dialects: Map<string, Dialect>;
  /** Whether a server's preflight lets a header pass. */
  readonly headers: Map<string, boolean>;
};

export const createEndpointMemory = (): EndpointMemory => ({ dialects: new Map(), headers: new Map() });

export const dialectKey = (root: string, model: string): string => `${root} ${model}`;
export const headerKey = (root: string, header: string): string => `${root} ${header.toLowerCase()}`;
