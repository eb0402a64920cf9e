import { parseArgs, type ParseArgsConfig } from "node:util";
import * as v from "valibot";
import { LocalBaseError } from "./local-base-error.ts";
import type { LocalBaseOptions } from "./local-base.ts";
import { parseShape } from "./shape.ts";

/** Options that `npm run base` and `npm start` share. */
export const modelFlags = {
  model: { type: "string" },
  name: { type: "string" },
  "allowed-origins": { type: "string" },
  "api-key": { type: "string" },
  shape: { type: "string" },
  context: { type: "string" },
  sequences: { type: "string" },
  port: { type: "string" },
  host: { type: "string" },
  help: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

/** @throws LocalBaseError with a sentence for an option that is not known or lacks its value. */
export function readArguments<const F extends NonNullable<ParseArgsConfig["options"]>>(args: readonly string[], flags: F) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/\.? To specify.*$/s, "").replace(/\.$/, "") : String(cause);
    throw new LocalBaseError(`${why}. Known are: ${Object.keys(flags).map((name) => `--${name}`).join(", ")}.`, { cause });
  }
}

type ModelFlags = { readonly [name in keyof typeof modelFlags]?: string | boolean | undefined };

const text = (value: string | boolean | undefined): string | undefined => (typeof value === "string" ? value : undefined);

export function localBaseOptions(flags: ModelFlags, modelPath: string): LocalBaseOptions {
  const origins = text(flags["allowed-origins"]);
  const name = text(flags.name);
  const key = text(flags["api-key"]);
  const shape = text(flags.shape);
  const context = wholeNumber("context", flags.context, 16, 10_000_000);
  const sequences = wholeNumber("sequences", flags.sequences, 1, 64);
  return {
    modelPath,
    ...(name === undefined ? {} : { modelName: name }),
    ...(origins === undefined ? {} : { allowedOrigins: parseOrigins(origins) }),
    ...(key === undefined ? {} : { apiKey: key }),
    ...(shape === undefined ? {} : { shape: parseShape(shape) }),
    ...(context === undefined ? {} : { maxContextTokens: context }),
    ...(sequences === undefined ? {} : { sequences }),
  };
}

export const portNumber = (value: string | boolean | undefined): number | undefined => wholeNumber("port", value, 0, 65_535);

function wholeNumber(name: string, value: string | boolean | undefined, least: number, most: number): number | undefined {
  if (typeof value !== "string") return undefined;
  const number = Number(value);
  if (value.trim() === "" || !Number.isInteger(number) || number < least || number > most)
    throw new LocalBaseError(`--${name} ${value} is not a whole number from ${least} to ${most}.`);
  return number;
}

/** As vLLM's option of the same name: a JSON list. */
function parseOrigins(json: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(json) as unknown;
  } catch {
    value = undefined;
  }
  const parsed = v.safeParse(v.array(v.string()), value);
  if (!parsed.success) throw new LocalBaseError(`--allowed-origins wants a JSON list, as in '["https://the.page"]'.`);
  return parsed.output.map((origin) => origin.replace(/\/$/, ""));
}
