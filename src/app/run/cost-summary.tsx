import type { Run } from "../../reasoning/run.ts";
import { pricesOf, usePriceList } from "../settings/prices.ts";
import { useNumbers } from "../words/use-numbers.ts";
import { baseTokensOf, costOfRun } from "./cost-of-run.ts";
import { useCostWords } from "./cost-words.ts";
import { Figure, Figures } from "./figures.tsx";

/** What the base model read and wrote in a run, and what that costs where its prices are known. */
export function CostSummary({ run }: { readonly run: Run }) {
  const words = useCostWords();
  const { count, short } = useNumbers();
  const prices = pricesOf(usePriceList(), run.header.base.id);
  const tokens = baseTokensOf(run);
  if (tokens.promptTokens === 0 && tokens.generatedTokens === 0) return null;
  const cost = prices === undefined ? undefined : costOfRun(run, prices);
  return (
    <Figures title={words.title} wide {...(cost === undefined ? {} : { note: words.assumption })}>
      <Figure name={words.prompt} value={count(tokens.promptTokens)} />
      <Figure name={words.cached} value={count(tokens.cachedTokens)} />
      <Figure name={words.generated} value={count(tokens.generatedTokens)} />
      {cost !== undefined && <Figure name={words.cost} value={short(cost.cost)} />}
      {cost !== undefined && <Figure name={words.baseOnly} value={short(cost.baseOnly)} />}
    </Figures>
  );
}
