export type Comparison = {
  /** Tidied LaTeX. */
  readonly left: string;
  readonly right: string;
  /** `value`: the same expression. `equation`: both are equations (`l=r`) with the same solutions. */
  readonly relation: "value" | "equation";
};

/** `by`: transformed into each other, or at many values of their variables. `undecided`: not readable, no value anywhere, or out of time. */
export type ComparisonResult =
  | { readonly kind: "equal" | "unequal"; readonly by: "symbolic" | "numeric" }
  | { readonly kind: "undecided"; readonly why: "unreadable" | "no-values" | "out-of-time" };

/** Compares expressions. Always answers, and within its time. */
export type Algebra = { readonly compare: (comparison: Comparison) => Promise<ComparisonResult> };
