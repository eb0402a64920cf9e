/** `1 step`, `2 steps`, with the number grouped as English does. */
export const plural = (one: string, many: string) => (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
