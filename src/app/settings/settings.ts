import * as v from "valibot";
import { defaultPolicy, type Policy } from "../../reasoning/policy.ts";
import { defaultSessionHeader } from "./session-header.ts";

/** Least and most of each number a person may set; what is stored outside of them falls back to the default. */
export const limits = {
  draftContext: { least: 128, most: 131_072, whole: true },
  threshold: { least: 0, most: 9, whole: false },
  firstStepsByBase: { least: 0, most: 100, whole: true },
  window: { least: 1, most: 64, whole: true },
  stepTokens: { least: 1, most: 8192, whole: true },
  tokenBudget: { least: 1, most: 131_072, whole: true },
  answerTokens: { least: 1, most: 32_768, whole: true },
  temperature: { least: 0, most: 2, whole: false },
  topP: { least: 0.01, most: 1, whole: false },
  seed: { least: 0, most: 2 ** 31 - 1, whole: true },
} as const;

const within = ({ least, most, whole }: { least: number; most: number; whole: boolean }) =>
  v.pipe(v.number(), v.minValue(least), v.maxValue(most), v.check((value) => !whole || Number.isInteger(value)));

const policyFields = {
  mode: v.fallback(v.picklist(["draft", "base", "sync", "async", "auto"]), defaultPolicy.mode),
  objective: v.fallback(v.picklist(["latency", "balanced", "cloud"]), defaultPolicy.objective),
  threshold: v.fallback(within(limits.threshold), defaultPolicy.threshold),
  scoring: v.fallback(v.picklist(["expectation", "greedy"]), defaultPolicy.scoring),
  firstStepsByBase: v.fallback(within(limits.firstStepsByBase), defaultPolicy.firstStepsByBase),
  window: v.fallback(within(limits.window), defaultPolicy.window),
  stepTokens: v.fallback(within(limits.stepTokens), defaultPolicy.stepTokens),
  tokenBudget: v.fallback(within(limits.tokenBudget), defaultPolicy.tokenBudget),
  answerTokens: v.fallback(within(limits.answerTokens), defaultPolicy.answerTokens),
  answerBy: v.fallback(v.picklist(["draft", "base"]), defaultPolicy.answerBy),
  temperature: v.fallback(within(limits.temperature), defaultPolicy.temperature),
  topP: v.fallback(within(limits.topP), defaultPolicy.topP),
  seed: v.fallback(within(limits.seed), defaultPolicy.seed),
  verify: v.fallback(v.picklist(["now", "later"]), defaultPolicy.verify),
};

// An object that is missing or none is read as an empty one, so that each field finds its own default.
const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.optional(v.pipe(v.unknown(), v.transform((value): object => (typeof value === "object" && value !== null ? value : {})), v.object(entries)), {});

const deviceModel = fields({
  source: v.fallback(v.picklist(["embedded", "catalogue", "mlc", "url", "file"]), "embedded"),
  catalogueId: v.fallback(v.string(), ""),
  url: v.fallback(v.string(), ""),
  sha256: v.fallback(v.string(), ""),
  mlcUrl: v.fallback(v.string(), ""),
  mlcLib: v.fallback(v.string(), ""),
  fileName: v.fallback(v.string(), ""),
  format: v.fallback(v.picklist(["auto", "chatml", "deepseek-r1", "llama3"]), "auto"),
  instruction: v.fallback(v.picklist(["usual", "none"]), "usual"),
  contextTokens: v.fallback(within(limits.draftContext), 4096),
});

const settingsSchema = fields({
  draft: deviceModel,
  base: fields({
    where: v.fallback(v.picklist(["endpoint", "device"]), "endpoint"),
    device: deviceModel,
    url: v.fallback(v.pipe(v.string(), v.trim(), v.minLength(1)), "/base"),
    model: v.fallback(v.string(), ""),
    sessionHeader: v.fallback(v.string(), defaultSessionHeader),
  }),
  policy: fields(policyFields),
  lateRejection: v.fallback(v.picklist(["ask", "automatic"]), "ask"),
  language: v.fallback(v.picklist(["auto", "en", "zh"]), "auto"),
  theme: v.fallback(v.picklist(["auto", "light", "dark"]), "auto"),
});

/** A model on this device, for whichever role. */
export type DeviceModel = {
  readonly source: "embedded" | "catalogue" | "mlc" | "url" | "file";
  /** Of a model in one of the catalogues. */
  readonly catalogueId: string;
  /** Of a GGUF file. */
  readonly url: string;
  /** The hash it must have; "" where it is not known. */
  readonly sha256: string;
  /** The folder of a WebLLM model's weights, and its compiled library. */
  readonly mlcUrl: string;
  readonly mlcLib: string;
  /** Of the file picked last, to ask for it again by name. */
  readonly fileName: string;
  readonly format: "auto" | "chatml" | "deepseek-r1" | "llama3";
  /** "none" for a model that was trained on the bare problem. */
  readonly instruction: "usual" | "none";
  readonly contextTokens: number;
};

/** What a person has chosen, without the API key, which is never stored. */
export type Settings = {
  readonly draft: DeviceModel;
  readonly base: {
    /** On this device, it needs no server. */
    readonly where: "endpoint" | "device";
    readonly device: DeviceModel;
    /** As typed; relative to the page. */
    readonly url: string;
    /** "" takes the first one the endpoint offers. */
    readonly model: string;
    /** As typed: the name of the header by which a router keeps a run on one replica. */
    readonly sessionHeader: string;
  };
  readonly policy: Policy;
  /** A step was rejected after the answer had been given: ask what is to be done, or have it corrected at once in the run on the page. */
  readonly lateRejection: "ask" | "automatic";
  readonly language: "auto" | "en" | "zh";
  readonly theme: "auto" | "light" | "dark";
};

/** Settings out of anything: each field that cannot be read is the default, the others stay. */
export const readSettings = (stored: unknown): Settings => v.parse(settingsSchema, stored);

export const defaultSettings: Settings = readSettings({});
