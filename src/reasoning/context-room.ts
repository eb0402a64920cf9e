/** Before a model's own count is known: a usual text's, and what a text in a language or notation the model hardly knows comes to. */
const assumedCharactersPerToken = 2;
const leastCharactersPerToken = 1;

/**
 * How many tokens still fit a model's context after a prompt. The page has no tokenizer of the base model, so lengths come
 * from what the model's own usage said of the longest prompt of the run so far. Prompts of a run grow from one beginning:
 * a shorter one has no more tokens than that, and of what is new no character is taken to be less than a token.
 */
export function createContextRoom(contextTokens: number | undefined) {
  let seenCharacters = 0;
  let seenTokens = 0;
  return {
    /** Whether the model's own count of an earlier prompt is known. */
    get known() { return seenCharacters > 0; },
    /** Takes in what the model counted for a prompt of so many characters. */
    learn(characters: number, tokens: number): void {
      if (characters < seenCharacters) return;
      seenCharacters = characters;
      seenTokens = tokens;
    },
    /** Tokens that may still be generated after a prompt of so many characters; Infinity where the context is unknown. */
    after(characters: number): number {
      if (contextTokens === undefined) return Infinity;
      if (seenCharacters === 0) {
        const usual = Math.floor(contextTokens - characters / assumedCharactersPerToken);
        // A server refuses a request that asks for more than fits; a quarter of the context is asked for at that risk.
        return Math.max(contextTokens - characters / leastCharactersPerToken, Math.min(usual, Math.floor(contextTokens / 4)));
      }
      return contextTokens - seenTokens - Math.max(0, characters - seenCharacters) - 1;
    },
  };
}

export type ContextRoom = ReturnType<typeof createContextRoom>;
