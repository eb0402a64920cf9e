/** An exact fraction in lowest terms; the denominator is positive. */
export type Rational = { readonly numerator: bigint; readonly denominator: bigint };

/** More digits than any answer has; what is longer is compared as text. */
const mostDigits = 400;

const gcd = (one: bigint, other: bigint): bigint => {
  let [a, b] = [one < 0n ? -one : one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
};

export function ratio(numerator: bigint, denominator: bigint): Rational | undefined {
  if (denominator === 0n) return undefined;
  const sign = denominator < 0n ? -1n : 1n;
  const common = gcd(numerator, sign * denominator) || 1n;
  return { numerator: (sign * numerator) / common, denominator: (sign * denominator) / common };
}

export const same = (one: Rational, other: Rational): boolean => one.numerator === other.numerator && one.denominator === other.denominator;

export const times = (one: Rational, other: Rational): Rational =>
  ratio(one.numerator * other.numerator, one.denominator * other.denominator) ?? one;

const number = String.raw`(\d+\.?\d*|\.\d+)`;
const forms: readonly { readonly form: RegExp; readonly read: (parts: readonly string[]) => Rational | undefined }[] = [
  { form: new RegExp(`^${number}$`), read: ([value]) => decimal(value) },
  { form: new RegExp(`^${number}(?:e|\\\\(?:times|cdot)10\\^)\\{?([+-]?\\d{1,3})\\}?$`, "i"), read: ([value, power]) => scaled(decimal(value), Number(power)) },
  { form: new RegExp(`^(?:\\\\frac\\{(-?)${number}\\}\\{(-?)${number}\\}|(-?)${number}/(-?)${number})$`), read: fraction },
  { form: /^(\d{1,4})\^\{?(-?\d{1,2})\}?$/, read: ([value, power]) => raised(BigInt(value ?? "0"), Number(power)) },
  // A mixed number: no one writes a product of two plain numbers so.
  { form: /^(\d+)\s*(?:\\frac\{(\d+)\}\{(\d+)\}|\s(\d+)\/(\d+))$/, read: mixed },
];

/** The value of a plain number: integer, decimal, fraction, mixed or scientific; undefined for anything else. */
export function readRational(tidied: string): Rational | undefined {
  if (tidied.length > mostDigits) return undefined;
  const negative = tidied.startsWith("-");
  const digits = tidied.replace(/^[-+]/, "").trim();
  for (const { form, read } of forms) {
    const found = form.exec(digits);
    if (found === null) continue;
    const value = read(found.slice(1));
    return value === undefined || !negative ? value : { ...value, numerator: -value.numerator };
  }
  return undefined;
}

function decimal(text = ""): Rational | undefined {
  const [whole = "", part = ""] = text.split(".");
  return ratio(BigInt(whole + part || "0"), 10n ** BigInt(part.length));
}

function scaled(value: Rational | undefined, power: number): Rational | undefined {
  const scale = ratio(power < 0 ? 1n : 10n ** BigInt(power), power < 0 ? 10n ** BigInt(-power) : 1n);
  return value === undefined || scale === undefined ? undefined : times(value, scale);
}

const raised = (value: bigint, power: number): Rational | undefined => (power < 0 ? ratio(1n, value ** BigInt(-power)) : ratio(value ** BigInt(power), 1n));

function fraction(parts: readonly string[]): Rational | undefined {
  const [above, below] = parts[1] === undefined ? [parts.slice(4, 6), parts.slice(6, 8)] : [parts.slice(0, 2), parts.slice(2, 4)];
  const [over, under] = [decimal(above[1]), decimal(below[1])];
  if (over === undefined || under === undefined) return undefined;
  const sign = (above[0] === "-") === (below[0] === "-") ? 1n : -1n;
  return ratio(sign * over.numerator * under.denominator, over.denominator * under.numerator);
}

function mixed(parts: readonly string[]): Rational | undefined {
  const [whole = "0", above = parts[3] ?? "0", below = parts[4] ?? "1"] = parts;
  return ratio(BigInt(whole) * BigInt(below) + BigInt(above), BigInt(below));
}
