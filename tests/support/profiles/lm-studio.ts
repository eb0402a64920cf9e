import { errorText, isOverflow, openAiFields, pick, readCompletion } from "./completion-fields.ts";
import type { Profile } from "./profile-server.ts";

/** LM Studio: no log-probabilities, no lists, no constraint on completions; what it has not is answered with status 200. */
export const lmStudio: Profile = {
  name: "LM Studio",
  answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /v1/models":
        return call.json(200, { object: "list", data: [{ id: "arithmetic-base", object: "model", owned_by: "organization_owner" }] });
      case "POST /v1/completions":
        if (typeof call.body["prompt"] !== "string") return call.json(400, { error: "'prompt' field must be a string" });
        return call.complete(
          { ...pick(call.body, openAiFields.filter((name) => name !== "logprobs")), add_special_tokens: false },
          {
            answer(completion) {
              const { choices, ...rest } = readCompletion(completion);
              return { ...rest, object: "text_completion", choices: choices.map(({ index, text, finish_reason }) => ({ index, text, logprobs: null, finish_reason })) };
            },
            error: (status, error) => ({
              status,
              body: { error: isOverflow(error) ? "Trying to keep the first 1980 tokens when context the overflows. However, the model is loaded with context length of only 512 tokens, which is not enough." : errorText(error) },
            }),
          },
        );
      default:
        return call.json(200, { error: `Unexpected endpoint or method. (${call.method} ${call.path})` });
    }
  },
};
