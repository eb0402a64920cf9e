const broken = "\uFFFD";

/** A character takes at most four bytes, so what is still broken after more tokens than that stays so. */
const mostPending = 4;

/**
 * The text of tokens as they come, each piece ending with a whole character. Tokens are decoded together with those before
 * them, since some tokenizers write a token otherwise at the start of a text.
 * @param before the last tokens of the prompt
 */
export function createTokenText(decode: (tokens: readonly number[]) => string, before: readonly number[]) {
  let context = before;
  let pending: number[] = [];
  return {
    /** @returns "" while a character is incomplete; bytes that are no character are left out */
    push(token: number): string {
      pending.push(token);
      const text = decode([...context, ...pending]);
      if (text.endsWith(broken) && pending.length < mostPending) return "";
      const piece = text.slice(decode(context).length).replaceAll(broken, "");
      context = pending;
      pending = [];
      return piece;
    },
  };
}
