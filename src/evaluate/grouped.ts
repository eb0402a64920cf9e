/** By name, groups and what is in them in the order in which they came. */
export function grouped<Value>(values: Iterable<Value>, nameOf: (value: Value) => string): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const name = nameOf(value);
    const same = groups.get(name);
    if (same === undefined) groups.set(name, [value]);
    else same.push(value);
  }
  return groups;
}
