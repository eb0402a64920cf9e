import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { appRun } from "../app-run.ts";
import { draftContextTokens } from "../models/draft-source.ts";
import { usesDraft } from "../models/open-pair.ts";
import { settingsStore } from "../settings/settings-store.ts";
import { readStored, writeStored } from "../stored.ts";
import { charactersPerToken, problemFits } from "./problem-size.ts";

const storageKey = "specreason.problem";

export type ProblemState = { readonly text: string; readonly refused: "empty" | "too-long" | undefined };

const unfinished = readStored(storageKey);

/** What stands in the textbox. */
export const problemStore = createStore<ProblemState>(() => ({ text: typeof unfinished === "string" ? unfinished : "", refused: undefined }));

// Written as the page goes, not with every key: the text may be long.
addEventListener("pagehide", () => writeStored(storageKey, problemStore.getState().text));

export const writeProblem = (text: string): void => problemStore.setState({ text, refused: undefined });

/** Solves what stands in the textbox, or says at the field why not. */
export function solveProblem(): void {
  if (appRun.store.getState().work.kind !== "idle") return;
  const { text } = problemStore.getState();
  const { draft, policy } = settingsStore.getState().settings;
  const refused = text.trim() === "" ? "empty"
    : usesDraft(policy) && problemFits(text, draftContextTokens(draft), charactersPerToken(draft.source)) === "never" ? "too-long" : undefined;
  problemStore.setState({ refused });
  if (refused === undefined) void appRun.solve(text.trim());
  else document.getElementById("problem")?.focus();
}

export const useProblem = (): ProblemState => useStore(problemStore);
