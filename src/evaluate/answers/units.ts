import { ratio, times, type Rational } from "./rational.ts";

/** What is measured, and how many of its smallest unit here one of these is. */
export type Unit = { readonly of: string; readonly size: Rational };

type Names = Readonly<Record<string, readonly [size: number, names: string]>>;

const units: Readonly<Record<string, Names>> = {
  length: {
    mm: [10, "mm millimeter millimetre"], cm: [100, "cm centimeter centimetre"], m: [10_000, "m meter metre"], km: [10_000_000, "km kilometer kilometre"],
    in: [254, "in inch inches"], ft: [3048, "ft foot feet"], yd: [9144, "yd yard"], mi: [16_093_440, "mi mile"],
  },
  time: { s: [1, "s sec second"], min: [60, "min minute"], h: [3600, "h hr hour"], d: [86_400, "d day"], wk: [604_800, "week"] },
  money: { cent: [1, "cent ¢"], dollar: [100, "dollar $ usd"] },
  mass: { g: [1, "g gram"], kg: [1000, "kg kilogram"] },
  volume: { ml: [1, "ml milliliter millilitre"], l: [1000, "l liter litre"] },
  speed: { mph: [1, "mph milesperhour"] },
};

const known: ReadonlyMap<string, Unit> = new Map(Object.entries(units).flatMap(([of, names]) =>
  Object.values(names).flatMap(([size, all]) => all.split(" ").map((name): [string, Unit] => [name, { of, size: { numerator: BigInt(size), denominator: 1n } }]))));

/** `cm^2`, `square inches`, `dollars`; undefined where it is no unit known here. */
export function readUnit(text: string): Unit | undefined {
  const [, before = "", name = "", after] = /^(square|sq|cubic|cu)?\.?\s*([a-z$¢ ]+?)\.?(?:\^\{?([23])\}?)?$/i.exec(text.trim()) ?? [];
  const power = /^sq/i.test(before) ? 2 : /^cu/i.test(before) ? 3 : Number(after ?? 1);
  const plain = name.toLowerCase().replaceAll(" ", "");
  const unit = known.get(plain) ?? known.get(plain.replace(/s$/, ""));
  if (unit === undefined || power === 1) return unit;
  let size = unit.size;
  for (let raised = 1; raised < power; raised++) size = times(size, unit.size);
  return { of: `${unit.of}^${power}`, size };
}

/** How many of the second unit one of the first is; undefined where they measure different things. */
export const perUnit = (one: Unit, other: Unit): Rational | undefined =>
  one.of === other.of ? ratio(one.size.numerator * other.size.denominator, one.size.denominator * other.size.numerator) : undefined;
