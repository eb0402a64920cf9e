import type { Rational } from "./rational.ts";
import type { Unit } from "./units.ts";

/** What the digits of a number stand for, beside the number. */
export type Mark =
  | { readonly kind: "none" }
  | { readonly kind: "percent" }
  | { readonly kind: "degrees" }
  | { readonly kind: "numeral-base"; readonly base: string }
  | { readonly kind: "unit"; readonly unit: Unit };

export type Leaf = {
  readonly kind: "leaf";
  /** Tidied LaTeX without its unit. */
  readonly latex: string;
  /** Its exact value, where it is a plain number. */
  readonly value?: Rational;
  readonly mark: Mark;
};

/** An answer taken apart as far as its notation says what it is. */
export type Answer =
  | Leaf
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "date"; readonly text: string }
  /** In this order, with these brackets: tuples, points, intervals. */
  | { readonly kind: "ordered"; readonly open: string; readonly close: string; readonly items: readonly Answer[] }
  /** In any order: sets, lists without brackets, what `±` stands for. */
  | { readonly kind: "unordered"; readonly items: readonly Answer[] }
  | { readonly kind: "union"; readonly items: readonly Answer[] }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Answer[])[] }
  | { readonly kind: "equation"; readonly left: string; readonly right: Answer; readonly latex: string };
