import type { Evaluation } from "../../evaluate/kept/evaluation.ts";
import type { EvaluatedMode } from "../../evaluate/plan.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { useWords } from "../words/use-words.ts";
import { isBuiltIn } from "./data-sets.ts";
import { useEvaluateWords } from "./evaluate-words.ts";

/** How the page names evaluations, settings and stretches of time. */
export function useNaming() {
  const words = useEvaluateWords();
  const { modes } = useWords().settings.policy;
  const { count, short } = useNumbers();
  return {
    evaluation: ({ dataSet, plan }: Pick<Evaluation, "dataSet" | "plan">): string =>
      words.list.name(isBuiltIn(dataSet) ? words.form.names[dataSet] : dataSet, count(plan.problems)),
    setting: ({ mode, threshold }: { readonly mode: EvaluatedMode; readonly threshold?: number }): string =>
      (threshold === undefined ? modes[mode] : `${modes[mode]} ${short(threshold)}`),
    duration(seconds: number): string {
      if (seconds < 90) return words.seconds(count(Math.ceil(seconds)));
      return seconds < 5400 ? words.minutes(count(seconds / 60)) : words.hours(short(seconds / 3600));
    },
  };
}
