import { errorText, openAiFields, pick } from "./completion-fields.ts";
import type { Fields, Profile } from "./profile-server.ts";

const known = [...openAiFields, "allowed_token_ids", "return_tokens_as_token_ids", "add_special_tokens", "skip_special_tokens", "top_k", "min_p", "n"];

const flat = (status: number, message: string, type = "BadRequestError"): Fields => ({ object: "error", message, type, param: null, code: status });

/** vLLM 0.8: flat errors without a `param`, guided_choice in place of structured_outputs; CORS was open to all then. */
export const vllm08: Profile = {
  name: "vLLM 0.8",
  async answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /version":
        return call.json(200, { version: "0.8.5" });
      case "GET /health":
        return call.text(200, "text/plain", "");
      case "GET /v1/models":
      case "POST /tokenize":
      case "POST /detokenize": {
        const { status, value } = await call.base(call.path, call.method === "GET" ? undefined : call.body);
        return call.json(status, value);
      }
      case "POST /v1/completions":
        if (call.body["model"] !== "arithmetic-base") return call.json(404, flat(404, `The model \`${String(call.body["model"])}\` does not exist.`, "NotFoundError"));
        return call.complete(pick(call.body, known), {
          answer: (completion) => completion,
          error: (status, error) => ({ status, body: flat(status, errorText(error)) }),
        });
      default:
        return call.json(404, { detail: "Not Found" });
    }
  },
};
