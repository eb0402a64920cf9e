import { ModelError, type ModelErrorKind } from "../models/model-error.ts";
import type { RunsErrorKind } from "../runs/runs-error.ts";

export type ProblemKind = ModelErrorKind | RunsErrorKind | "file-gone" | "no-models" | "no-gpu" | "no-draft" | "no-base" | "unexpected";

/** Something that kept the page from doing what was asked, for people to read. */
export type Trouble = {
  readonly kind: ProblemKind;
  /** The failure's own English sentence; never holds a key. */
  readonly message: string;
  /** What is safe, so that the page can say so. */
  readonly kept: "run" | "problem" | "memory" | "outcomes";
};

/** Failures of the page's own, beside those of the rooms below it. */
export class PageError extends Error {
  override readonly name = "PageError";
  readonly kind: "file-gone" | "no-models" | "no-gpu" | "no-draft" | "no-base";
  constructor(kind: PageError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

// The room of stored runs is loaded late, so its class cannot be asked for here.
const isRunsError = (thrown: unknown): thrown is Error & { readonly kind: RunsErrorKind } =>
  thrown instanceof Error && thrown.name === "RunsError" && "kind" in thrown;

export function troubleOf(thrown: unknown, kept: Trouble["kept"]): Trouble {
  if (thrown instanceof ModelError || thrown instanceof PageError || isRunsError(thrown)) {
    return { kind: thrown.kind, message: thrown.message, kept };
  }
  return { kind: "unexpected", message: thrown instanceof Error ? thrown.message : String(thrown), kept };
}
