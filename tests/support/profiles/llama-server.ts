import * as v from "valibot";
import { type BaseChoice, isOverflow, errorText, openAiFields, pick, readCompletion } from "./completion-fields.ts";
import type { Profile } from "./profile-server.ts";

const known = [...openAiFields, "top_k", "min_p"];

/** Log-probabilities in the shape of a chat. The local base names tokens by id where asked to. */
const chatShaped = ({ logprobs }: BaseChoice) =>
  logprobs === null || logprobs === undefined
    ? null
    : {
        content: (logprobs.top_logprobs ?? []).map((top) => ({
          top_logprobs: Object.entries(top).map(([key, logprob]) => {
            const id = Number(key.replace("token_id:", ""));
            return { id, token: id >= 48 && id <= 57 ? String(id - 48) : "?", logprob };
          }),
        })),
      };

/** llama-server, as recorded of build 11434. */
export const llamaServer: Profile = {
  name: "llama-server",
  async answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /health":
        return call.json(200, { status: "ok" });
      case "GET /props":
        return call.json(200, { default_generation_settings: { n_ctx: 512 }, total_slots: 4, build_info: "b11434" });
      case "GET /v1/models":
        return call.json(200, { object: "list", data: [{ id: "arithmetic-base", object: "model", created: 1, owned_by: "llamacpp", meta: { n_ctx: 512, n_ctx_train: 512 } }] });
      case "POST /tokenize": {
        const { content } = v.parse(v.looseObject({ content: v.nullish(v.string(), "") }), call.body);
        if (content === "") return call.json(200, { tokens: [] });
        const { value } = await call.base("/tokenize", { prompt: content, add_special_tokens: false });
        return call.json(200, { tokens: value["tokens"] });
      }
      case "POST /apply-template": {
        const { value } = await call.base("/tokenize", { messages: call.body["messages"], add_generation_prompt: true });
        const { value: text } = await call.base("/detokenize", { tokens: value["tokens"] });
        return call.json(200, { prompt: text["prompt"] });
      }
      case "POST /v1/completions": {
        const verbose = call.body["verbose"] === true;
        return call.complete(
          { ...pick(call.body, known), model: "arithmetic-base", add_special_tokens: false, return_tokens_as_token_ids: true },
          {
            answer(completion) {
              const { choices, usage, ...rest } = readCompletion(completion);
              const [first] = choices;
              // In a stream the usage comes with the last text's chunk; a chunk of its own would have no choices.
              if (first === undefined) return { ...rest, choices: [{ index: 0, text: "", finish_reason: null, logprobs: null }], usage };
              const word = first.finish_reason === "stop" && typeof first.stop_reason === "string";
              return {
                ...rest,
                object: "text_completion",
                choices: choices.map(({ index, text, finish_reason, ...choice }) => ({ index, text, finish_reason, logprobs: chatShaped({ index, text, finish_reason, ...choice }) })),
                ...(usage === null || usage === undefined ? {} : { usage }),
                ...(verbose && first.finish_reason !== null && first.finish_reason !== undefined
                  ? { __verbose: { stop_type: word ? "word" : first.finish_reason === "length" ? "limit" : "eos", stopping_word: word ? first.stop_reason : "" } }
                  : {}),
              };
            },
            error: (status, error) => ({
              status,
              body: isOverflow(error)
                ? { error: { code: 400, message: "the request exceeds the available context size, try increasing it", type: "exceed_context_size_error", n_prompt_tokens: 1980, n_ctx: 512 } }
                : { error: { code: status, message: errorText(error), type: "invalid_request_error" } },
            }),
          },
        );
      }
      default:
        return call.json(404, { error: { code: 404, message: "File Not Found", type: "not_found_error" } });
    }
  },
};
