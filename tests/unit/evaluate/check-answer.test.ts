import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { checkAnswer, sameAnswer } from "../../../src/evaluate/answers/check-answer.ts";
import { finalAnswer } from "../../../src/evaluate/answers/final-answer.ts";
import { nodeAlgebra } from "../../support/node-algebra.ts";
import { equalWritings, unequalPairs } from "./answer-cases.ts";

const algebra = nodeAlgebra();
afterAll(() => algebra.close());

describe("what means the same", () => {
  const pairs = equalWritings.flatMap(([first = "", ...others]) => others.map((other) => [first, other] as const));

  test(`is judged equal: ${pairs.length} pairs`, { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    for (const [one, other] of pairs) {
      const compared = await sameAnswer(one, other, algebra);
      if (!compared.equal) wrong.push(`${one}  ≠  ${other}  ${JSON.stringify(compared)}`);
    }
    expect(wrong).toEqual([]);
  });

  test(`does not: ${unequalPairs.length} pairs are judged unequal`, { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    for (const [one, other] of unequalPairs) {
      const compared = await sameAnswer(one, other, algebra);
      if (compared.equal) wrong.push(`${one}  =  ${other}  ${JSON.stringify(compared)}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe("the answers of the data sets", () => {
  const lines = (name: string) => readFileSync(`public/problems/${name}`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as { readonly answer: string });
  const math = lines("math500.jsonl").map(({ answer }) => answer);
  const grade = lines("gsm8k-test.jsonl").map(({ answer }) => answer);

  test("each is found in a box, and is the same as itself, by its notation alone", async () => {
    const wrong: string[] = [];
    for (const answer of math) {
      const checked = await checkAnswer(`So it is $\\boxed{${answer}}$.`, answer, refuses);
      if (!checked.right || checked.given?.foundBy !== "boxed") wrong.push(answer);
    }
    for (const answer of grade) {
      const gold = finalAnswer(answer);
      const checked = await checkAnswer(answer, gold?.text ?? "", refuses);
      if (!checked.right || gold?.foundBy !== "hashes") wrong.push(answer);
    }
    expect(wrong).toEqual([]);
    expect([math.length, grade.length]).toEqual([500, 1319]);
  });

  test("each is the same in other spacing and commands, and another one's when numbers say so alone", { timeout: 300_000 }, async () => {
    const wrong: string[] = [];
    for (const answer of math) {
      const written = answer.replaceAll("\\frac", "\\dfrac").replaceAll("\\left", "").replaceAll("\\right", "").replaceAll("{", "{ ").replaceAll("+", " + ");
      if (!(await sameAnswer(` $${written}$. `, answer, algebra)).equal) wrong.push(answer);
    }
    expect(wrong).toEqual([]);
    for (let index = 1; index < math.length; index++) {
      const [one = "", other = ""] = math.slice(index - 1, index + 1);
      const numbers = [one, other].every((answer) => /^-?\d+$/.test(answer));
      if (numbers) expect((await sameAnswer(one, other, algebra)).equal).toBe(Number(one) === Number(other));
    }
  });
});

/** No algebra is needed. */
const refuses = { compare: () => Promise.reject(new Error("was asked")) };

describe("the final answer in a text", () => {
  test.each([
    ["The result is 48. \\boxed{48}", "48", "boxed"],
    ["\\boxed{1} was wrong, so \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}", "boxed"],
    ["\\boxed{\\text{a \\} b}}", "\\text{a \\} b}", "boxed"],
    ["\\fbox{7}", "7", "boxed"],
    ["It is \\boxed 5.", "5.", "boxed"],
    ["\\boxed{4} and \\boxed{unfinished", "4", "boxed"],
    ["\\boxed{} The answer is 3.", "3", "phrase"],
    ["steps\n#### 1,234", "1,234", "hashes"],
    ["The result is 48.", "48", "phrase"],
    ["The answer is 3.5. Not 4.", "3.5", "phrase"],
    ["**Final answer:** **12**", "12", "phrase"],
    ["答案是 12。", "12", "phrase"],
    ["First 3, then 4, so -17/2", "-17/2", "last-number"],
  ] as const)("%s", (text, wanted, foundBy) => {
    expect(finalAnswer(text)).toEqual({ text: wanted, foundBy });
  });

  test("is not there where no number is", () => {
    expect(finalAnswer("I do not know")).toBeUndefined();
    expect(finalAnswer("")).toBeUndefined();
  });
});

describe("whatever is written", () => {
  const piece = fc.constantFrom("\\frac", "{", "}", "\\sqrt", "(", ")", "[", "]", "\\{", "\\}", ",", "1", "23", "x", "\\pi", "+", "-", "^", "_", "\\pm", "\\cup", "=", "<", "\\le", "\\text{cm}", "%", "°", "\\begin{pmatrix}", "\\end{pmatrix}", "\\\\", "&", " ", "!", "|", "\\infty", "\\$", "e", "i");
  const latex = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));

  test("comparing is symmetric, gives an answer and throws nothing", { timeout: 300_000 }, async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(latex, fc.string()), latex, async (one, other) => {
      const [there, back] = [await sameAnswer(one, other, algebra), await sameAnswer(other, one, algebra)];
      expect(back.equal).toBe(there.equal);
      expect((await sameAnswer(one, one, refuses)).equal).toBe(one.trim() !== "");
    }), { numRuns: 100 });
  });

  test.each([
    ["an answer of 10,000 digits", "7".repeat(10_000)],
    ["10,000 braces", "{".repeat(10_000)],
    ["10,000 fractions", "\\frac{1}{".repeat(1_100)],
    ["a list of 5,000", Array.from({ length: 5000 }, (_, index) => index).join(",")],
    ["10,000 spaces", ` ${" ".repeat(10_000)}x`],
    ["10,000 letters", "ab ".repeat(3_400)],
    ["nested roots", `${"\\sqrt{".repeat(39)}2${"}".repeat(39)}`],
    ["1,900 signs", "-".repeat(1_900)],
    ["a tower of powers", `${"9^{".repeat(30)}9${"}".repeat(30)}`],
  ])("%s is compared in bounded time, and is the same as itself", async (_, text) => {
    const began = performance.now();
    expect((await sameAnswer(text, text, algebra)).equal).toBe(true);
    await sameAnswer(text, "1", algebra);
    await checkAnswer(`The result is ${text}`, "1", algebra);
    // The algebra ends after its three seconds.
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test("a comparison that takes too long is ended and said to be undecided; the next one is answered", async () => {
    const impatient = nodeAlgebra({ comparing: 1, opening: 60_000 });
    expect(await sameAnswer("\\cos\\frac{\\pi}{7}+x^x", "\\cos\\frac{\\pi}{7}+x^{x+1}", impatient)).toEqual({ equal: false, rung: "symbolic", undecided: "out-of-time" });
    expect((await sameAnswer("3/4", "0.75", impatient)).equal).toBe(true);
    impatient.close();
  });
});
