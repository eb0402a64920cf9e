import { errorText, isOverflow, openAiFields, pick, readCompletion } from "./completion-fields.ts";
import type { Fields, Profile } from "./profile-server.ts";

const mostLogProbs = 5;
const refused = (message: string): Fields => ({ error: { message, code: 400 } });

/** A proxy before many providers: unknown fields, lists and more than OpenAI's five log-probabilities are refused; comments keep a stream open; other paths are web pages. */
export const strictProxy: Profile = {
  name: "a strict proxy",
  answer(call) {
    switch (`${call.method} ${call.path}`) {
      case "GET /v1/models":
        return call.json(200, { data: [{ id: "arithmetic-base", name: "Arithmetic", context_length: 512, pricing: { prompt: "0.0000001", completion: "0.0000004" } }] });
      case "POST /v1/completions": {
        const unknown = Object.keys(call.body).filter((name) => !openAiFields.some((known) => known === name));
        if (unknown.length > 0) return call.json(400, refused(`Unrecognized key(s) in object: ${unknown.map((name) => `'${name}'`).join(", ")}`));
        if (typeof call.body["prompt"] !== "string") return call.json(400, refused("prompt: Expected string, received array"));
        if (Number(call.body["logprobs"] ?? 0) > mostLogProbs) return call.json(400, refused(`logprobs: Number must be less than or equal to ${mostLogProbs}`));
        return call.complete(
          { ...pick(call.body, openAiFields), add_special_tokens: false },
          {
            event: (data) => `: PROCESSING\n\ndata: ${data}\n\n`,
            answer(completion) {
              const { choices, ...rest } = readCompletion(completion);
              return { ...rest, object: "text_completion", choices: choices.map(({ index, text, logprobs, finish_reason }) => ({ index, text, logprobs, finish_reason })) };
            },
            error: (status, error) => ({
              status,
              body: { error: { code: status, message: isOverflow(error) ? "This endpoint's maximum context length is 512 tokens. However, you requested about 1980 tokens." : errorText(error) } },
            }),
          },
        );
      }
      default:
        return call.text(404, "text/html", "<!DOCTYPE html><html><title>404: This page could not be found</title></html>");
    }
  },
};
