import type { Usage } from "../generation.ts";
import type { ReportedUsage } from "./schemas.ts";

export function usageOf(reported: ReportedUsage): Usage {
  const cached = reported.prompt_tokens_details?.cached_tokens;
  return {
    promptTokens: reported.prompt_tokens,
    generatedTokens: reported.completion_tokens,
    ...(cached === null || cached === undefined ? {} : { cachedTokens: cached }),
  };
}
