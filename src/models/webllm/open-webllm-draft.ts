import type { ChatFormat } from "../chat-format.ts";
import type { DraftModel } from "../draft-model.ts";
import { openWebLlmModel, type OpenWebLlmRequest, type WebLlmReport } from "./open-webllm-model.ts";

export type OpenWebLlmDraftRequest = OpenWebLlmRequest & {
  readonly name: string;
  readonly format: ChatFormat;
  /** Added after the problem, "" where the model was trained on the bare problem. */
  readonly instruction: string;
};

/** The draft pane shows its report. */
export type WebLlmDraft = DraftModel & { readonly report: WebLlmReport };

/** A draft model in WebLLM on the user's GPU. @throws as `openWebLlmModel` */
export async function openWebLlmDraft(request: OpenWebLlmDraftRequest): Promise<WebLlmDraft> {
  const { modelId, name, format, instruction } = request;
  const model = await openWebLlmModel(request);
  const { contextTokens, computesOn, device } = model;
  return {
    info: { id: `webllm:${modelId}`, name, format, instruction, contextTokens, engine: "webllm", computesOn, device },
    get report() { return model.report; },
    generate: (asked) => model.generate(asked),
    close: () => model.close(),
  };
}
