/** Characters; a name is said in full wherever the run is spoken of. */
export const longestTitle = 200;

/** What a run is called until it is renamed: the first line of its problem. */
export const titleOf = (problem: string): string => cut(problem.trim().split("\n", 1)[0] ?? "", 80);

/** A name as it is kept, wherever it comes from. */
export const asTitle = (name: string): string => cut(name.trim(), longestTitle);

/** Never through the middle of a character. */
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text);
