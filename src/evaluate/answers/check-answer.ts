import type { Algebra } from "./algebra.ts";
import { compareAnswers, type Compared } from "./compare-answers.ts";
import { finalAnswer, type FinalAnswer } from "./final-answer.ts";
import { readAnswer } from "./read-answer.ts";

export type Checked = {
  readonly right: boolean;
  /** Nothing that looks like an answer was written. */
  readonly given?: FinalAnswer;
  readonly compared?: Compared;
};

/** Whether two answers, as written, mean the same. Never throws; takes no longer than the algebra may. */
export async function sameAnswer(given: string, wanted: string, algebra: Algebra): Promise<Compared> {
  // Word for word the same is the same, whatever it is.
  if (given.trim() === wanted.trim()) return { equal: given.trim() !== "", rung: "text" };
  return compareAnswers(readAnswer(given), readAnswer(wanted), algebra);
}

/** Judges a model's whole text against the answer of its problem. */
export async function checkAnswer(written: string, wanted: string, algebra: Algebra): Promise<Checked> {
  const given = finalAnswer(written);
  if (given === undefined) return { right: false };
  const compared = await sameAnswer(given.text, wanted, algebra);
  return { right: compared.equal, given, compared };
}
