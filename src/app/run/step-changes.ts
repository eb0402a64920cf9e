import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { StepId } from "../../reasoning/events.ts";
import type { Branch } from "../../reasoning/branches.ts";
import { useRun } from "../app-run.ts";

/** A step of a run; numbers of steps count within their run. */
type Place = { readonly run: string; readonly step: StepId };

type StepChanges = {
  /** Whose menu is open. */
  readonly menu: (Place & { readonly index: number }) | undefined;
  readonly editing: Place | undefined;
  /** The old branch that is read in place of the current one. */
  readonly viewing: { readonly run: string; readonly branch: number; readonly comparing: boolean } | undefined;
};

export const stepChanges = createStore<StepChanges>(() => ({ menu: undefined, editing: undefined, viewing: undefined }));

export const useStepChanges = <Selected>(select: (state: StepChanges) => Selected): Selected => useStore(stepChanges, select);

export const viewBranch = (run: string, branch: number, comparing = false): void => stepChanges.setState({ viewing: { run, branch, comparing }, menu: undefined });
export const viewCurrent = (): void => stepChanges.setState({ viewing: undefined });

/** The old branch on the page, where there is one. */
export function useViewedBranch(): { readonly branch: Branch; readonly comparing: boolean } | undefined {
  const viewing = useStepChanges((state) => state.viewing);
  const branch = useRun(({ run }) => (run?.header.id === viewing?.run ? run?.branches.find(({ number }) => number === viewing?.branch) : undefined));
  return branch === undefined ? undefined : { branch, comparing: viewing?.comparing === true };
}
