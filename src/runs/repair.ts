import * as v from "valibot";
import type { RunEvent } from "../reasoning/events.ts";
import { defaultPolicy } from "../reasoning/policy.ts";
import type { RunHeader } from "../reasoning/run.ts";
import { modelSchema, policySchema, runEventSchemas, runHeaderSchema } from "./run-schema.ts";

/** One thing that was wrong in what was read, where (`runs[0].events[3].seconds`), and what was done about it. */
export type Repair = { readonly path: string; readonly message: string };

type Parsed<T> = { readonly value: T; readonly repairs: readonly Repair[] };
type Lost = { readonly value?: undefined; readonly repairs: readonly Repair[] };

/** What a field that only measures or explains becomes when it cannot be read. A field not named here is dropped where it is optional; otherwise the whole is lost. */
type Substitutes = Readonly<Record<string, unknown>>;

function repaired<Schema extends v.GenericSchema>(
  schema: Schema, value: unknown, path: string, substitutes: Substitutes,
): Parsed<v.InferOutput<Schema>> | Lost {
  const first = v.safeParse(schema, value);
  if (first.success) return { value: first.output, repairs: [] };
  if (typeof value !== "object" || value === null) {
    return { repairs: [{ path, message: `${first.issues[0].message}; left out` }] };
  }
  const mended: Record<string, unknown> = { ...value };
  const wrong = new Map<string, string>();
  for (const issue of first.issues) {
    const field = issue.path?.[0]?.key;
    if (typeof field === "string" && !wrong.has(field)) wrong.set(field, issue.message);
  }
  for (const field of wrong.keys()) {
    if (Object.hasOwn(substitutes, field)) mended[field] = substitutes[field];
    else delete mended[field];
  }
  const second = v.safeParse(schema, mended);
  const repairs = [...wrong].map(([field, message]) => ({
    path: `${path}.${field}`,
    message: !second.success ? `${message}; ${path} is left out`
      : field in mended ? `${message}; ${JSON.stringify(mended[field])} is used instead`
      : `${message}; left out`,
  }));
  return second.success ? { value: second.output, repairs } : { repairs };
}

const whys: Substitutes = {
  rejected: "score", unverified: "later", "base-started": "correction", "base-step": "correction", "thinking-ended": "model", branched: "dropped",
};

const measures: Substitutes = {
  tokens: 0, promptTokens: 0, prefilledTokens: 0, generatedTokens: 0, wastedTokens: 0,
  seconds: 0, firstTokenSeconds: 0, roundTripSeconds: 0,
  steps: [], end: "blank-line", rung: "sampled-digit", cut: false, finished: false, by: "draft", how: "failed",
  failure: { kind: "bad-response", message: "What failed could not be read." },
};

/** An event as it was stored or imported; `at` seconds is the time used where its own cannot be read. */
export function repairEvent(value: unknown, path: string, at: number): Parsed<RunEvent> | Lost {
  const kind: unknown = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  const schema = runEventSchemas.get(kind);
  if (schema === undefined || typeof kind !== "string") {
    return { repairs: [{ path, message: `Unknown kind of event ${JSON.stringify(kind) ?? "(none)"}; left out` }] };
  }
  return repaired(schema, value, path, { ...measures, at, why: whys[kind] });
}

/** Every header can be mended: what is lost is named. `id` is used where its own cannot be read. */
export function repairHeader(value: unknown, path: string, id: string): Parsed<RunHeader> {
  const source: Record<string, unknown> = typeof value === "object" && value !== null ? { ...value } : {};
  const lost = { id: "unknown", name: "unknown" };
  const policy = repaired(policySchema, asObject(source["policy"]), `${path}.policy`, defaultPolicy);
  const draft = repaired(modelSchema, asObject(source["draft"]), `${path}.draft`, lost);
  const base = repaired(modelSchema, asObject(source["base"]), `${path}.base`, lost);
  const parts = { policy: policy.value ?? defaultPolicy, draft: draft.value ?? lost, base: base.value ?? lost };
  const header = repaired(runHeaderSchema, { ...source, ...parts }, path, { version: 1, id, problem: "", createdAt: 0 });
  return {
    value: header.value ?? { version: 1, id, problem: "", createdAt: 0, ...parts },
    repairs: [...header.repairs, ...policy.repairs, ...draft.repairs, ...base.repairs],
  };
}

const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
