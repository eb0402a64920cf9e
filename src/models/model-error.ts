/** What can go wrong with a model, draft or base. Closed: the page has words for each. */
export type ModelErrorKind =
  | "aborted" // the caller's signal; never shown
  | "unreachable" // no server there, or the network is down
  | "cross-origin" // a server is there, but it does not let this page read its answers
  | "unauthorized" // the key is missing or wrong
  | "wrong-path" // a server, but not this API at this address
  | "unknown-model" // the endpoint does not serve this model
  | "context-overflow" // prompt and output do not fit the model's context
  | "bad-request" // the endpoint refuses a field
  | "overloaded" // 429 or 503: try again later
  | "server-failed" // a passing 5xx
  | "engine-dead" // the server lives, its engine does not: no retry helps
  | "bad-response" // an answer that is not of the protocol
  | "timed-out" // no answer, or a stream that went silent
  | "bad-file" // not a model file, or cut short
  | "download-failed"
  | "out-of-memory"
  | "storage-full"
  | "device-lost" // the GPU device went away
  | "engine-failed" // the local engine stopped working
  | "cannot-score"; // a digit is no token of the model's

/** Kinds for which the same request may succeed later. */
const passing: ReadonlySet<ModelErrorKind> = new Set([
  "unreachable",
  "overloaded",
  "server-failed",
  "timed-out",
  "download-failed",
  "device-lost",
]);

export type ModelErrorDetails = {
  /** HTTP status, where there was one. */
  readonly status?: number;
  /** The request field the endpoint complains about. */
  readonly param?: string;
  /** Seconds the endpoint asks to wait (Retry-After). */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
};

/** Every failure of a model reaches the algorithm and the page as one of these. The message is a sentence for the user, in English, that says what to do; it never holds a key. */
export class ModelError extends Error {
  override readonly name = "ModelError";
  readonly kind: ModelErrorKind;
  /** Whether sending the same request again can help. Decided here, once. */
  readonly retryable: boolean;
  readonly status?: number;
  readonly param?: string;
  readonly retryAfterSeconds?: number;

  constructor(kind: ModelErrorKind, message: string, details: ModelErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.retryable = passing.has(kind);
    if (details.status !== undefined) this.status = details.status;
    if (details.param !== undefined) this.param = details.param;
    if (details.retryAfterSeconds !== undefined) this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

export const cannotScore = (): ModelError =>
  new ModelError("cannot-score", "This model does not write single digits as tokens of their own and cannot score steps. Choose another base model.");

export const aborted = (): ModelError => new ModelError("aborted", "Stopped.");

/** Anything thrown, as a ModelError; what is none becomes `fallback`. */
export function asModelError(thrown: unknown, fallback: ModelErrorKind): ModelError {
  if (thrown instanceof ModelError) return thrown;
  if (thrown instanceof Error && thrown.name === "AbortError") return aborted();
  return new ModelError(fallback, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
