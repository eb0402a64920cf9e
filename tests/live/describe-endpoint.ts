import { expect, it, type TestContext } from "vitest";
import { testConnection } from "../../src/models/endpoint/capabilities.ts";
import { connectEndpoint } from "../../src/models/endpoint/connect-endpoint.ts";
import { createEndpointMemory } from "../../src/models/endpoint/endpoint-memory.ts";
import type { Capability } from "../../src/models/endpoint/findings.ts";
import { describeBaseModel } from "../support/base-model-suite.ts";
import { apiKey, model, type TriedServer } from "./tried-server.ts";

export type EndpointTraits = {
  /** Capabilities it has not; it has all others. */
  readonly lacks: readonly Capability[];
  /** Of these, what shows only now and then. */
  readonly seldomShown?: readonly Capability[];
  readonly answersToAnyName?: true;
};

/** What is asked of an endpoint without a browser: the base model's acceptance suite, the list of its capabilities, the model's name. */
export function describeEndpoint(name: string, { lacks, seldomShown = [], answersToAnyName }: EndpointTraits, tried: () => TriedServer, hasVersion: (version: string) => void = () => undefined): void {
  describeBaseModel(name, async () => ({
    base: connectEndpoint({ baseUrl: tried().url, model, apiKey, memory: createEndpointMemory(), contextTokens: 512 }),
    running: () => tried().running(),
    lacks: lacks.includes("sampling") ? { sampling: true } : {},
    close: () => Promise.resolve(),
  }));

  it("has the capabilities it is known for, and no others", async () => {
    const found = await testConnection({ baseUrl: tried().url, apiKey, memory: createEndpointMemory(), signal: new AbortController().signal });
    if (found.engine?.version !== undefined) hasVersion(found.engine.version);
    expect(found.model).toBe(model);
    expect(found.contextTokens).toBe(512);
    const shown = found.findings.filter(({ works }) => !works).map(({ capability }) => capability);
    expect([...new Set([...shown, ...seldomShown])].toSorted()).toEqual(lacks.toSorted());
  });

  it("refuses another model's name with its sentence", async ({ skip }: TestContext) => {
    if (answersToAnyName === true) skip("it answers to any name");
    const asked = testConnection({ baseUrl: tried().url, apiKey, model: "another-model", signal: new AbortController().signal });
    await expect(asked).rejects.toMatchObject({ kind: "unknown-model" });
  });
}
