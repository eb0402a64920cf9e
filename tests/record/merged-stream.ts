type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const choicesOf = (event: unknown): readonly Json[] => {
  const choices = isObject(event) ? event["choices"] : undefined;
  return Array.isArray(choices) ? choices.filter(isObject) : [];
};

/** What each event of a completion's stream adds to the text. */
export const textsOf = (events: readonly unknown[]): readonly string[] =>
  events.flatMap((event) => choicesOf(event).map((choice) => (typeof choice["text"] === "string" ? choice["text"] : "")));

/** Texts and lists are joined, of everything else the last that was said counts. */
function joined(first: unknown, next: unknown, key: string): unknown {
  if (key === "text" && typeof first === "string" && typeof next === "string") return first + next;
  if (Array.isArray(first) && Array.isArray(next)) return [...(first as unknown[]), ...(next as unknown[])];
  if (isObject(first) && isObject(next)) return Object.fromEntries([...new Set([...Object.keys(first), ...Object.keys(next)])].map((name) => [name, name in next ? joined(first[name], next[name], name) : first[name]]));
  return next ?? first;
}

/** A completion's stream as one event for each choice and one for what comes without a choice: independent of which tokens shared an event. */
export function mergedStream(events: readonly unknown[]): unknown {
  const merged = new Map<unknown, Json>();
  for (const event of events) {
    if (!isObject(event)) continue;
    const [choice] = choicesOf(event);
    const index = choice?.["index"];
    const before = merged.get(index);
    const { choices: _, ...rest } = event;
    const whole: Json = { ...rest, ...(choice === undefined ? {} : { choice }) };
    merged.set(index, before === undefined ? whole : Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, key === "choice" ? joined(before[key], value, key) : value])));
  }
  return [...merged].toSorted(([a], [b]) => Number(a ?? Infinity) - Number(b ?? Infinity)).map(([, event]) => event);
}
