/** An operation that a problem asks for; doubling, tripling and halving are by 2, 3 and 2. */
type Operation = { readonly by: "+" | "-" | "*" | "/"; readonly number: number };

/** A chain of arithmetic told in words: public/problems/arithmetic.jsonl has nothing else. */
export type ArithmeticProblem = { readonly start: number; readonly operations: readonly Operation[] };

const openings = /^(?:Start with|Begin with|Take the number|A box holds) (\d+)(?: coins)?$/;
const operations: readonly (readonly [RegExp, (number: number) => Operation])[] = [
  [/^(?:Add|Increase it by|Put in) (\d+)(?: more)?$/, (number) => ({ by: "+", number })],
  [/^(?:Subtract|Take away|Decrease it by) (\d+)$/, (number) => ({ by: "-", number })],
  [/^Double it$|^Multiply it by 2$/, () => ({ by: "*", number: 2 })],
  [/^Triple it$|^Multiply it by 3$/, () => ({ by: "*", number: 3 })],
  [/^Halve it$|^Divide it by 2$/, () => ({ by: "/", number: 2 })],
];
const questions = /^(?:What is the result|What number do you get|Find the final number)$/;

/** Undefined where a sentence is of another kind. */
export function readArithmeticProblem(problem: string): ArithmeticProblem | undefined {
  const [opening = "", ...sentences] = problem.trim().split(/[.?]\s*/).filter((sentence) => sentence !== "");
  const start = openings.exec(opening)?.[1];
  const question = sentences.pop();
  if (start === undefined || question === undefined || !questions.test(question)) return undefined;
  const read = sentences.map(readOperation);
  const known = read.flatMap((operation) => operation ?? []);
  return known.length < read.length || known.length === 0 ? undefined : { start: Number(start), operations: known };
}

function readOperation(sentence: string): Operation | undefined {
  for (const [pattern, make] of operations) {
    const match = pattern.exec(sentence);
    if (match !== null) return make(Number(match[1]));
  }
  return undefined;
}

type Equation = { readonly left: number; readonly by: Operation["by"]; readonly right: number; readonly result: number };

const signs: Readonly<Record<string, Operation["by"]>> = { "+": "+", "-": "-", "−": "-", "*": "*", "×": "*", "·": "*", "/": "/", "÷": "/" };
const equation = /(?<![\d.])(\d+)\s*([+\-−*×·/÷])\s*(\d+)\s*=\s*(-?\d+)(?![\d.]*\d)/g;

const equationsOf = (text: string): readonly Equation[] =>
  [...text.matchAll(equation)].flatMap(([, left, sign = "", right, result]) => {
    const by = signs[sign];
    return by === undefined ? [] : [{ left: Number(left), by, right: Number(right), result: Number(result) }];
  });

/** The equation says what is asked, of the value there is, and says it rightly. */
function follows({ left, by, right, result }: Equation, value: number, asked: Operation | undefined): boolean {
  if (asked === undefined) return false;
  const straight = by === asked.by && left === value && right === asked.number;
  const turned = (by === "+" || by === "*") && by === asked.by && right === value && left === asked.number;
  const doubled = asked.by === "*" && asked.number === 2 && by === "+" && left === value && right === value;
  return (straight || turned || doubled) && result === apply(value, asked);
}

function apply(value: number, { by, number }: Operation): number {
  switch (by) {
    case "+": return value + number;
    case "-": return value - number;
    case "*": return value * number;
    case "/": return value / number;
  }
}

/**
 * Whether a step such as "First, 54 + 27 = 81." is right after the steps before it: it does the operation the problem asks
 * for at this place, with the value the step before states, and its arithmetic holds. A step that goes on rightly from an
 * earlier mistake is right. Undefined where it holds no equation: then nothing can be said.
 */
export function checkArithmeticStep(problem: ArithmeticProblem, before: readonly string[], step: string): boolean | undefined {
  const earlier = before.flatMap(equationsOf);
  const own = equationsOf(step);
  if (own.length === 0) return undefined;
  let value = earlier.at(-1)?.result ?? problem.start;
  for (const [place, one] of own.entries()) {
    if (!follows(one, value, problem.operations[earlier.length + place])) return false;
    value = one.result;
  }
  return true;
}
