const months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const month = `(${months.map((name) => `${name}|${name.slice(0, 3)}`).join("|")})\\.?`;
const day = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const year = String.raw`(?:\s*,?\s*(\d{4}))?`;
const monthFirst = new RegExp(`^${month}\\s*${day}${year}$`, "i");
const dayFirst = new RegExp(`^${day}\\s+(?:of\\s+)?${month}${year}$`, "i");

/** `March 5, 2021`, `5th of March`, `2021-03-05` as year, month and day; undefined for anything else. What could be read in two ways (3/5/2021) is none. */
export function readDate(text: string): string | undefined {
  const trimmed = text.trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(trimmed);
  if (iso !== null) return `${Number(iso[1])} ${Number(iso[2])} ${Number(iso[3])}`;
  const first = monthFirst.exec(trimmed);
  if (first !== null) return dateOf(first[3], first[1], first[2]);
  const second = dayFirst.exec(trimmed);
  return second === null ? undefined : dateOf(second[3], second[2], second[1]);
}

const dateOf = (inYear = "", named = "", onDay = ""): string =>
  `${inYear} ${months.findIndex((name) => name.startsWith(named.toLowerCase().slice(0, 3))) + 1} ${Number(onDay)}`.trim();
