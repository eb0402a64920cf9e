/** Characters a token stands for until a model's own usage tells; low, so that a first guess errs on the safe side. */
const assumedCharactersPerToken = 2;

/**
 * How many tokens still fit a model's context after a prompt. The page has no tokenizer of the base model, so lengths are
 * estimated from what the model's own usage said of earlier prompts of the same run.
 */
export function createContextRoom(contextTokens: number | undefined) {
  let seenCharacters = 0;
  let seenTokens = 0;
  return {
    /** Takes in what the model counted for a prompt of so many characters. */
    learn(characters: number, tokens: number): void {
      if (tokens < seenTokens) return;
      seenCharacters = characters;
      seenTokens = tokens;
    },
    /** Tokens that may still be generated after a prompt of so many characters; Infinity where the context is unknown. */
    after(characters: number): number {
      if (contextTokens === undefined) return Infinity;
      const perToken = seenTokens === 0 ? assumedCharactersPerToken : seenCharacters / seenTokens;
      const unseen = Math.max(0, characters - seenCharacters);
      const shorter = Math.max(0, seenCharacters - characters);
      const estimate = seenTokens === 0 ? characters / perToken : seenTokens + (1.1 * unseen - 0.9 * shorter) / perToken;
      return Math.floor(contextTokens - estimate - 2);
    },
  };
}

export type ContextRoom = ReturnType<typeof createContextRoom>;
