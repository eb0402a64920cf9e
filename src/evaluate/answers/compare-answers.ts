import type { Algebra, Comparison } from "./algebra.ts";
import type { Answer, Leaf } from "./answer.ts";
import { ratio, readRational, same, times, type Rational } from "./rational.ts";
import { perUnit } from "./units.ts";

/** By which rung a comparison was decided, lowest first: the notation alone, exact numbers, symbolic transformation, values at random places. */
export const rungs = ["text", "exact", "symbolic", "numeric"] as const;
export type Rung = (typeof rungs)[number];
export type Compared = { readonly equal: boolean; readonly rung: Rung; readonly undecided?: "unreadable" | "no-values" | "out-of-time" };

const byText = (equal: boolean): Compared => ({ equal, rung: "text" });
const higher = (one: Rung, other: Rung): Rung => (rungs.indexOf(one) > rungs.indexOf(other) ? one : other);

/** Whether two answers mean the same. Symmetric. */
export async function compareAnswers(one: Answer, other: Answer, algebra: Algebra): Promise<Compared> {
  if (one.kind === "leaf" && other.kind === "leaf") return compareLeaves(one, other, algebra);
  if (one.kind === "equation" || other.kind === "equation") return compareEquations(one, other, algebra);
  if (one.kind === "union" || other.kind === "union") return one.kind === other.kind ? inAnyOrder(itemsOf(one), itemsOf(other), algebra) : byText(false);
  if (one.kind === "unordered" || other.kind === "unordered") return inAnyOrder(itemsOf(one), itemsOf(other), algebra);
  if (one.kind === "ordered" && other.kind === "ordered") {
    return one.open === other.open && one.close === other.close ? inOrder(one.items, other.items, algebra) : byText(false);
  }
  if (one.kind === "matrix" && other.kind === "matrix") {
    const shape = (rows: readonly (readonly Answer[])[]): string => rows.map((row) => row.length).join();
    return shape(one.rows) === shape(other.rows) ? inOrder(one.rows.flat(), other.rows.flat(), algebra) : byText(false);
  }
  return byText(wordsOf(one) === wordsOf(other) && wordsOf(one) !== undefined);
}

const itemsOf = (answer: Answer): readonly Answer[] => (answer.kind === "unordered" || answer.kind === "union" ? answer.items : [answer]);
const wordsOf = (answer: Answer): string | undefined =>
  answer.kind === "text" || answer.kind === "date" ? answer.text : answer.kind === "leaf" ? answer.latex.toLowerCase() : undefined;

async function inOrder(ones: readonly Answer[], others: readonly Answer[], algebra: Algebra): Promise<Compared> {
  if (ones.length !== others.length) return byText(false);
  let rung: Rung = "text";
  for (const [index, one] of ones.entries()) {
    const other = others[index];
    if (other === undefined) return byText(false);
    const compared = await compareAnswers(one, other, algebra);
    if (!compared.equal) return compared;
    rung = higher(rung, compared.rung);
  }
  return { equal: true, rung };
}

async function inAnyOrder(ones: readonly Answer[], others: readonly Answer[], algebra: Algebra): Promise<Compared> {
  if (ones.length !== others.length) return byText(false);
  const left = [...others];
  let rung: Rung = "text";
  for (const one of ones) {
    let found = -1;
    let last: Compared = byText(false);
    for (let index = 0; index < left.length && found < 0; index++) {
      const other = left[index];
      if (other === undefined) continue;
      last = await compareAnswers(one, other, algebra);
      if (last.equal) found = index;
    }
    if (found < 0) return last;
    rung = higher(rung, last.rung);
    left.splice(found, 1);
  }
  return { equal: true, rung };
}

/** `x=5` says `5`; `y=2x+3` is `2x-y+3=0`. */
async function compareEquations(one: Answer, other: Answer, algebra: Algebra): Promise<Compared> {
  if (one.kind === "equation" && other.kind === "equation") {
    if (one.latex === other.latex) return byText(true);
    const letters = [one.left, other.left];
    if (letters[0] === letters[1]) return compareAnswers(one.right, other.right, algebra);
    if (one.right.kind !== "leaf" || other.right.kind !== "leaf") return byText(false);
    return asked(algebra, { left: one.latex, right: other.latex, relation: "equation" });
  }
  const [equation, value] = one.kind === "equation" ? [one, other] : [other, one];
  if (equation.kind !== "equation" || !/^[a-zA-Z](?:\([a-z]\)|_\{?\w\}?)?$|^\\theta$/.test(equation.left)) return byText(false);
  return compareAnswers(equation.right, value, algebra);
}

async function compareLeaves(one: Leaf, other: Leaf, algebra: Algebra): Promise<Compared> {
  const scales = scalesBetween(one, other);
  if (scales === undefined) return { equal: false, rung: "exact" };
  let last: Compared = byText(false);
  for (const [scaleOne, scaleOther] of scales) {
    last = await compareScaled(scaled(one, scaleOne), scaled(other, scaleOther), algebra);
    if (last.equal) return last;
  }
  return last;
}

type Scale = Rational | "degrees" | undefined;
const hundredth = ratio(1n, 100n);

/** By what each side is to be multiplied for both to be in the same unit, in every way that may be meant; undefined where they cannot be the same. */
function scalesBetween(one: Leaf, other: Leaf): readonly (readonly [Scale, Scale])[] | undefined {
  const plain: readonly [Scale, Scale] = [undefined, undefined];
  const [mark, against] = [one.mark, other.mark];
  if (mark.kind === "unit" && against.kind === "unit") {
    const per = perUnit(mark.unit, against.unit);
    return per === undefined ? undefined : [[per, undefined]];
  }
  if (mark.kind === against.kind) return mark.kind === "numeral-base" && against.kind === "numeral-base" && mark.base !== against.base ? undefined : [plain];
  if (mark.kind !== "none" && against.kind !== "none") return undefined;
  // 50 % is 0.5, and who asks "how many percent?" is also answered by 50.
  if (mark.kind === "percent") return [plain, [hundredth, undefined]];
  if (against.kind === "percent") return [plain, [undefined, hundredth]];
  if (mark.kind === "degrees") return other.latex.includes("\\pi") ? [["degrees", undefined]] : [plain];
  if (against.kind === "degrees") return one.latex.includes("\\pi") ? [[undefined, "degrees"]] : [plain];
  return [plain];
}

const isOne = ({ numerator, denominator }: Rational): boolean => numerator === denominator;

function scaled(leaf: Leaf, scale: Scale): Pick<Leaf, "latex" | "value"> {
  if (scale === undefined || (scale !== "degrees" && isOne(scale))) return leaf;
  if (scale === "degrees") return { latex: `(${leaf.latex})\\cdot\\frac{\\pi}{180}` };
  const latex = `(${leaf.latex})\\cdot\\frac{${scale.numerator}}{${scale.denominator}}`;
  return leaf.value === undefined ? { latex } : { latex, value: times(leaf.value, scale) };
}

function compareScaled(one: Pick<Leaf, "latex" | "value">, other: Pick<Leaf, "latex" | "value">, algebra: Algebra): Compared | Promise<Compared> {
  if (one.latex === other.latex) return byText(true);
  const [value, against] = [one.value ?? readRational(one.latex), other.value ?? readRational(other.latex)];
  if (value !== undefined && against !== undefined) return { equal: same(value, against), rung: "exact" };
  if (one.latex.trim() === "" || other.latex.trim() === "") return byText(false);
  return asked(algebra, { left: one.latex, right: other.latex, relation: "value" });
}

async function asked(algebra: Algebra, comparison: Comparison): Promise<Compared> {
  const result = await algebra.compare(comparison);
  if (result.kind === "undecided") return { equal: false, rung: "symbolic", undecided: result.why };
  return { equal: result.kind === "equal", rung: result.by };
}
