import { isOverflow, errorText, openAiFields, pick, readCompletion } from "./completion-fields.ts";
import type { Fields, Profile } from "./profile-server.ts";

const flat = (status: number, message: string): Fields => ({ object: "error", message, type: "BadRequestError", param: null, code: status });

/** SGLang: no /tokenize before 0.5, vLLM's ids are ignored, `matched_stop` tells a stop text (or the end token's id), flat errors. */
export const sglang: Profile = {
  name: "SGLang",
  async answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /health":
        return call.text(200, "text/plain", "");
      case "GET /get_model_info":
        return call.json(200, { model_path: "arithmetic-base", tokenizer_path: "arithmetic-base", is_generation: true });
      case "GET /v1/models":
        return call.json(200, { object: "list", data: [{ id: "arithmetic-base", object: "model", created: 1, owned_by: "sglang", root: "arithmetic-base", max_model_len: 512 }] });
      case "POST /v1/completions":
        return call.complete(
          { ...pick(call.body, openAiFields), add_special_tokens: false },
          {
            answer(completion) {
              const { choices, ...rest } = readCompletion(completion);
              return {
                ...rest,
                object: "text_completion",
                choices: choices.map(({ stop_reason, finish_reason, ...choice }) => ({ ...choice, finish_reason, matched_stop: finish_reason === "stop" ? (stop_reason ?? 479) : null })),
              };
            },
            error: (status, error) => ({
              status,
              body: flat(status, isOverflow(error) ? "The input (1980 tokens) is longer than the model's context length (512 tokens)." : errorText(error)),
            }),
          },
        );
      default:
        return call.json(404, { detail: "Not Found" });
    }
  },
};
