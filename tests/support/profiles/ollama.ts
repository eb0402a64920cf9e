import * as v from "valibot";
import { digitIds, errorText, isOverflow, readCompletion } from "./completion-fields.ts";
import type { Profile } from "./profile-server.ts";

const requestSchema = v.object({
  model: v.string(),
  prompt: v.string(),
  raw: v.optional(v.boolean(), false),
  stream: v.optional(v.boolean(), true),
  logprobs: v.optional(v.boolean(), false),
  top_logprobs: v.optional(v.number(), 0),
  format: v.optional(v.unknown()),
  options: v.optional(v.record(v.string(), v.unknown()), {}),
});

/**
 * Ollama's native API: lines of JSON, the same "stop" for a stop text and the end of text, a context it is told, no lists.
 * @param logProbs whether it gives log-probabilities, as from 0.12.11 on
 */
export const ollama = (version: string, logProbs: boolean): Profile => ({
  name: `Ollama ${version}`,
  answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /":
        return call.text(200, "text/plain", "Ollama is running");
      case "GET /api/version":
        return call.json(200, { version });
      case "GET /v1/models":
        return call.json(200, { object: "list", data: [{ id: "arithmetic-base", object: "model", created: 1, owned_by: "library" }] });
      case "POST /api/show":
        return call.json(200, { details: { family: "llama" }, model_info: { "general.architecture": "llama", "llama.context_length": 512 }, capabilities: ["completion"] });
      case "POST /api/generate": {
        const { model, prompt, raw, stream, logprobs, top_logprobs, format, options } = v.parse(requestSchema, call.body);
        if (model !== "arithmetic-base") return call.json(404, { error: `model '${model}' not found` });
        const { num_predict, stop, seed, temperature, top_p } = options;
        let written = 0;
        let finish: string | undefined;
        return call.complete(
          {
            model,
            // Without `raw` the prompt would go through the model's template.
            prompt: raw ? prompt : `<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`,
            max_tokens: num_predict,
            temperature,
            top_p,
            add_special_tokens: false,
            stream,
            ...(stream ? { stream_options: { include_usage: true } } : {}),
            ...(stop === undefined ? {} : { stop }),
            ...(seed === undefined ? {} : { seed }),
            ...(logProbs && logprobs ? { logprobs: top_logprobs } : {}),
            ...(format === undefined ? {} : { allowed_token_ids: digitIds }),
          },
          {
            contentType: "application/x-ndjson",
            event: (line) => `${line}\n`,
            lastly: "",
            answer(completion) {
              const { choices, usage } = readCompletion(completion);
              const [choice] = choices;
              const stamp = { model, created_at: "2026-01-01T00:00:00Z" };
              finish = choice?.finish_reason ?? finish;
              if (!stream || choice === undefined)
                return {
                  ...stamp,
                  response: choice?.text ?? "",
                  done: true,
                  done_reason: finish === "length" ? "length" : "stop",
                  prompt_eval_count: usage?.prompt_tokens ?? 0,
                  eval_count: usage?.completion_tokens ?? written,
                  ...(choice?.logprobs === null || choice?.logprobs === undefined
                    ? {}
                    : { logprobs: (choice.logprobs.top_logprobs ?? []).map((top) => ({ token: choice.text, logprob: 0, top_logprobs: Object.entries(top).map(([token, logprob]) => ({ token, logprob })) })) }),
                };
              written += 1;
              return choice.text === "" ? undefined : { ...stamp, response: choice.text, done: false };
            },
            error: (status, error) => ({ status, body: { error: isOverflow(error) ? "the input length exceeds the context length" : errorText(error) } }),
          },
        );
      }
      default:
        return call.text(404, "text/plain", "404 page not found");
    }
  },
});
