import type { BaseModel } from "../../models/base-model.ts";
import { chatFormatFor } from "../../models/chat-format.ts";
import type { DraftModel } from "../../models/draft-model.ts";
import { ModelError } from "../../models/model-error.ts";
import type { DraftSource } from "./draft-source.ts";
import type { BaseSource } from "./open-models.ts";

const notNeeded = (): never => {
  throw new ModelError("engine-failed", "This mode does not use this model.");
};

/** Stands in a run that never asks the draft model, so that nothing is downloaded for it. */
export const unopenedDraft = ({ name, format, instruction, contextTokens }: DraftSource): DraftModel => ({
  info: { id: `unopened:${name}`, name, format, instruction, contextTokens, engine: "wllama", computesOn: "cpu", device: "" },
  generate: notNeeded,
  close: () => Promise.resolve(),
});

/** Stands in a run that never asks the base model, so that nothing is sent to it, not even a probe. */
export const unopenedBase = ({ baseUrl, model }: Pick<BaseSource, "baseUrl" | "model">): BaseModel => ({
  info: { id: `unopened:${baseUrl}`, name: model, format: chatFormatFor(model), instruction: "" },
  score: () => Promise.reject(new ModelError("engine-failed", "This mode does not use the base model.")),
  generate: notNeeded,
  probe: () => Promise.reject(new ModelError("engine-failed", "This mode does not use the base model.")),
});
