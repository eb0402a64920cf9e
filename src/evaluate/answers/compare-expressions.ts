import { ComputeEngine, type BoxedExpression } from "@cortex-js/compute-engine";
import type { Comparison, ComparisonResult } from "./algebra.ts";
import { splitOutside } from "./bracketed.ts";
import { nameVariables, variables } from "./name-variables.ts";

const undecided = (why: "unreadable" | "no-values"): ComparisonResult => ({ kind: "undecided", why });
const decided = (equal: boolean, by: "symbolic" | "numeric"): ComparisonResult => ({ kind: equal ? "equal" : "unequal", by });

/** Values for the variables: no two expressions that differ agree at all of them but by chance. Whole ones are for factorials, negative ones tell |x| from x. */
const places: readonly (readonly number[])[] = [
  [1.3719, 2.1573, 0.7389, 3.3137], [0.5237, 1.8191, 2.7433, 1.1297], [2.6171, 0.3461, 1.2923, 0.8563], [3.7177, 1.4159, 0.4621, 2.2391],
  [-1.2813, 0.9241, 1.7467, -0.6373], [0.8147, -1.9213, -0.5779, 1.4871], [-2.3911, -0.7127, 1.1583, 2.9413],
  [5, 3, 2, 7], [4, 7, 3, 2], [6, 2, 5, 3],
];
const fewestPlaces = 3;
/** Relative; the engine computes with 21 digits. */
const tolerance = 1e-11;

type Value = { readonly re: number; readonly im: number };

/** Opens the engine: about half a second. The comparison itself may take any time, and may throw. */
export function openExpressions(): (comparison: Comparison) => ComparisonResult {
  const engine = new ComputeEngine();
  for (const name of variables) engine.declare(name, "number");

  const valueAt = (expression: BoxedExpression, values: readonly number[]): Value | undefined => {
    try {
      const place = Object.fromEntries(variables.map((name, index) => [name, (values[index % values.length] ?? 1) + Math.floor(index / values.length)]));
      // What is smaller than 1e-10, the engine takes for zero.
      const { re, im } = expression.subs(place).N();
      return Number.isFinite(re) && Number.isFinite(im) ? { re, im } : undefined;
    } catch {
      // Not defined there.
      return undefined;
    }
  };

  function atPlaces(left: BoxedExpression, right: BoxedExpression): readonly (readonly [Value, Value])[] {
    const constant = left.unknowns.length === 0 && right.unknowns.length === 0;
    const pairs = (constant ? places.slice(0, 1) : places).flatMap((values): (readonly [Value, Value])[] => {
      const [one, other] = [valueAt(left, values), valueAt(right, values)];
      return one === undefined || other === undefined ? [] : [[one, other]];
    });
    return constant || pairs.length >= fewestPlaces ? pairs : [];
  }

  function compareValues(left: BoxedExpression, right: BoxedExpression): ComparisonResult {
    const pairs = atPlaces(left, right);
    if (pairs.length === 0) return undecided("no-values");
    if (!pairs.every(([one, other]) => near(one, other))) return decided(false, "numeric");
    return decided(true, isTransformed(left, right) ? "symbolic" : "numeric");
  }

  /** Simplifying constants may take seconds, and their values have been compared to many digits. */
  const isTransformed = (left: BoxedExpression, right: BoxedExpression): boolean =>
    left.isSame(right) || (left.unknowns.length > 0 && engine.box(["Subtract", left.json, right.json]).simplify().json === 0);

  const parse = (latex: string): BoxedExpression | undefined => {
    const parsed = engine.parse(latex);
    return parsed.isValid && parsed.json !== "Nothing" ? parsed : undefined;
  };

  /** An equation as its left side less its right. */
  const difference = (latex: string): BoxedExpression | undefined => {
    const [left, right] = splitOutside(latex, ["="]).map(parse);
    return left === undefined || right === undefined ? undefined : engine.box(["Subtract", left.json, right.json]);
  };

  function compareSolutions(left: BoxedExpression, right: BoxedExpression): ComparisonResult {
    const pairs = atPlaces(left, right).filter(([one, other]) => size(one) > 0 || size(other) > 0);
    const [first] = pairs;
    if (first === undefined) return undecided("no-values");
    // The same up to a factor.
    return decided(pairs.every(([one, other]) => near(product(one, first[1]), product(other, first[0]))), "numeric");
  }

  return ({ left, right, relation }) => {
    const named = nameVariables(left, right);
    if (named === undefined) return undecided("unreadable");
    const read = relation === "value" ? parse : difference;
    const [one, other] = [read(named[0]), read(named[1])];
    if (one === undefined || other === undefined) return undecided("unreadable");
    return relation === "value" ? compareValues(one, other) : compareSolutions(one, other);
  };
}

const size = ({ re, im }: Value): number => Math.hypot(re, im);
const product = (one: Value, other: Value): Value => ({ re: one.re * other.re - one.im * other.im, im: one.re * other.im + one.im * other.re });

function near(one: Value, other: Value): boolean {
  const scale = Math.max(size(one), size(other));
  // What cancels to zero leaves the last digits.
  return scale < 1e-30 || size({ re: one.re - other.re, im: one.im - other.im }) <= tolerance * scale;
}
