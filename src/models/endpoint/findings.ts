import type { ScoreRung } from "../base-model.ts";
import type { Usage } from "../generation.ts";
import type { Engine } from "./ask-engine.ts";
import type { Dialect } from "./dialect.ts";

export type Capability =
  | "model-list"
  | "engine"
  | "context"
  | "scores"
  | "digits"
  | "several-scores-at-once"
  | "streaming"
  | "sampling"
  | "cached-tokens"
  | "session-header"
  | "turn-structure"
  | "speculation-metrics";

/** One line of the list: what works, or what is used instead. */
export type Finding = { readonly capability: Capability; readonly works: boolean; readonly text: string };

export type Found = {
  readonly dialect: Dialect;
  readonly listed: boolean;
  readonly engine: Engine | undefined;
  readonly contextTokens: number | undefined;
  readonly scoreRung: ScoreRung;
  readonly digits: readonly (number | undefined)[];
  /** Of scores and of a stream. */
  readonly usages: readonly [Usage, Usage];
  /** Whether it draws tokens as it should. */
  readonly samples: boolean;
  readonly sessionHeader: string;
  readonly sessionPasses: boolean;
  readonly format: "rendered" | "by name" | "given";
  readonly metrics: "speculation" | "no speculation" | "unreadable";
};

const line = (capability: Capability, works: boolean, right: string, instead: string): Finding => ({ capability, works, text: works ? right : instead });

export function findingsOf(found: Found): readonly Finding[] {
  const { dialect, engine, contextTokens, scoreRung, sessionHeader } = found;
  const wroteDigits = found.digits.every((digit) => digit !== undefined);
  return [
    line("model-list", found.listed, "The endpoint lists its models.", "The endpoint has no list of models: the name you entered is used."),
    line("engine", engine !== undefined, engineText(engine), "It does not say what it is: it is spoken to as any OpenAI-compatible server."),
    line(
      "context",
      contextTokens !== undefined,
      `Prompt and output may have ${contextTokens ?? 0} tokens together.`,
      "It does not say how long a context it has: a run ends when it refuses one. You can enter the length.",
    ),
    line("scores", scoreRung === "top-logprobs" && wroteDigits, scoreText(dialect, scoreRung), wroteDigits ? scoreText(dialect, scoreRung) : "The model did not answer with a digit. Check its chat format; its scores would reject every step."),
    line(
      "digits",
      dialect.digitIds !== undefined && dialect.extras,
      "The tokens of the digits are known, and only they are considered.",
      "The tokens of the digits are not told, or a digit is no token of its own: digits are known by their text.",
    ),
    line(
      "several-scores-at-once",
      dialect.lists && dialect.server !== "ollama",
      "Several steps are scored in one request.",
      "It takes one prompt a request: several steps are scored by requests side by side.",
    ),
    line(
      "streaming",
      found.usages[1].promptTokens > 0,
      "Corrections stream, and their tokens are counted by the server.",
      "Corrections stream; the server does not count their tokens, so that pieces of text are counted.",
    ),
    line(
      "sampling",
      found.samples,
      "At a temperature next to 0 it writes what it writes at 0, as it should.",
      "At a temperature next to 0 it writes something else than at 0: its sampling is broken (vLLM on a CPU with speculation does this). Set the temperature to 0, or start it without --speculative-config.",
    ),
    line(
      "cached-tokens",
      found.usages.some(({ cachedTokens }) => cachedTokens !== undefined),
      "It says how much of a prompt came from its cache.",
      dialect.server === "vllm" ? "It does not say how much of a prompt came from its cache. Start vLLM with --enable-prompt-tokens-details." : "It does not say how much of a prompt came from its cache.",
    ),
    line(
      "session-header",
      found.sessionPasses,
      `The header ${sessionHeader} reaches it, so that a router can keep a run on one replica.`,
      `Its preflight refuses the header ${sessionHeader}: a run goes without it. Behind the app's own server (npm start -- --upstream) it would pass.`,
    ),
    line(
      "turn-structure",
      found.format !== "by name",
      found.format === "given" ? "The chat format is the one you chose." : "The server renders the model's own chat format.",
      "The server does not render the model's chat format: the built-in one for its name is used.",
    ),
    line(
      "speculation-metrics",
      found.metrics === "speculation",
      "It speculates token by token, and tells how much is accepted.",
      found.metrics === "unreadable" ? "Its /metrics cannot be read from here: nothing is shown of speculation on the server." : "It does not speculate token by token.",
    ),
  ];
}

function engineText(engine: Engine | undefined): string {
  if (engine === undefined) return "";
  const { name, version, slowedTo } = engine;
  const slowed = slowedTo === undefined ? "" : `, slowed to ${Object.entries(slowedTo).map(([what, seconds]) => `${what} = ${seconds} s`).join(", ")}`;
  return `It is ${name}${version === undefined ? "" : ` ${version}`}${slowed}.`;
}

function scoreText({ scoreWay }: Dialect, rung: ScoreRung): string {
  switch (rung) {
    case "top-logprobs":
      return `A score is the mean of the digits' probabilities among the ${scoreWay === "top-5" ? 5 : 20} most likely tokens.`;
    case "constrained-digit":
      return "It gives no probabilities: a score is the one digit it is held to write.";
    case "sampled-digit":
      return "It gives no probabilities and cannot be held to a digit: a score is the digit in a short answer.";
  }
}
