import { parseDataSet, type DataSet } from "../../evaluate/data-set.ts";

/** The sets that come with the app. `tokens`: what a run over one of its problems takes, about, where nothing was measured yet. */
export const builtInSets = {
  arithmetic: { file: "arithmetic", problems: 500, tokens: 90 },
  gsm8k: { file: "gsm8k-test", problems: 1319, tokens: 300 },
  math500: { file: "math500", problems: 500, tokens: 1500 },
} as const;
export type BuiltInSet = keyof typeof builtInSets;
export const isBuiltIn = (name: string): name is BuiltInSet => Object.hasOwn(builtInSets, name);

export const ownSetTokens = 500;

/** Bytes; a larger file would hold the page up. */
export const largestFile = 20_000_000;

const loaded = new Map<BuiltInSet, Promise<DataSet>>();

/** @throws where it cannot be fetched */
export function loadBuiltIn(set: BuiltInSet): Promise<DataSet> {
  const load = async (): Promise<DataSet> => {
    const response = await fetch(`${import.meta.env.BASE_URL}problems/${builtInSets[set].file}.jsonl`);
    // A static host may answer with its page what it does not have.
    if (!response.ok || (response.headers.get("Content-Type") ?? "").startsWith("text/html")) throw new Error(`HTTP ${response.status}`);
    return parseDataSet(await response.text());
  };
  const before = loaded.get(set);
  if (before !== undefined) return before;
  const loading = load();
  loaded.set(set, loading);
  loading.catch(() => loaded.delete(set));
  return loading;
}
