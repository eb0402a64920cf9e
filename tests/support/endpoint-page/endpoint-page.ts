import type { ModelErrorKind } from "../../../src/models/model-error.ts";
import { ModelError } from "../../../src/models/model-error.ts";
import { connectEndpoint, type EndpointOptions } from "../../../src/models/endpoint/connect-endpoint.ts";
import { type ListedModel, listModels } from "../../../src/models/endpoint/list-models.ts";

/** The page that tests drive the endpoint's client through in a real browser: on `window.endpointPage`. */

export type Outcome<T> = { readonly kind: "answered"; readonly value: T } | { readonly kind: "failed"; readonly error: ModelErrorKind; readonly message: string };

type Options = Pick<EndpointOptions, "baseUrl" | "model" | "apiKey" | "session" | "sessionHeader">;

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "answered", value: await work() };
  } catch (error) {
    if (error instanceof ModelError) return { kind: "failed", error: error.kind, message: error.message };
    throw error;
  }
}

const greedy = { maxTokens: 400, stop: ["\n\n"], temperature: 0, topP: 1 } as const;
const { signal } = new AbortController();

const endpointPage = {
  digit: (options: Options, prompt: string): Promise<Outcome<number | undefined>> =>
    outcomeOf(async () => (await connectEndpoint(options).score({ prompts: [prompt], signal })).judgements[0]?.digit),

  step: (options: Options, prompt: string): Promise<Outcome<string>> =>
    outcomeOf(async () => {
      let text = "";
      for await (const part of connectEndpoint(options).generate({ ...greedy, prompt, signal })) if (part.kind === "text") text += part.text;
      return text;
    }),

  models: (options: Options): Promise<Outcome<readonly ListedModel[]>> => outcomeOf(() => listModels({ ...options, signal })),

  /** Stops a long generation at its first text. */
  stopped: (options: Options, prompt: string): Promise<Outcome<string>> =>
    outcomeOf(async () => {
      const stop = new AbortController();
      for await (const part of connectEndpoint(options).generate({ ...greedy, stop: [], prompt, signal: stop.signal })) if (part.kind === "text") stop.abort();
      return "the end";
    }),
};

declare global {
  interface Window {
    endpointPage: typeof endpointPage;
  }
}
window.endpointPage = endpointPage;
