import { Template } from "@huggingface/jinja";
import * as v from "valibot";
import { badRequest, invalidBody, unknownModel } from "./api-error.ts";
import { asValidationIssue, tokenIds } from "./completion-request.ts";
import type { LanguageModel } from "./language-model.ts";

const common = { model: v.nullish(v.string()), return_token_strs: v.nullish(v.boolean(), false) };
const content = v.union([
  v.string(),
  v.pipe(
    v.array(v.object({ type: v.literal("text"), text: v.string() })),
    v.transform((parts) => parts.map(({ text }) => text).join("\n")),
  ),
]);
const tokenizeSchema = v.object({
  ...common,
  prompt: v.nullish(v.string()),
  messages: v.nullish(v.array(v.object({ role: v.string(), content }))),
  add_special_tokens: v.nullish(v.boolean()),
  add_generation_prompt: v.nullish(v.boolean(), true),
  continue_final_message: v.nullish(v.boolean(), false),
});
const detokenizeSchema = v.object({ ...common, tokens: tokenIds });

/** For models whose file carries no template. */
const chatMl =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] }}{% if not (loop.last and continue_final_message) %}{{ '<|im_end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** `POST /tokenize`: a prompt, or messages through the model's chat template. */
export function tokenize(model: LanguageModel, modelName: string, body: unknown): object {
  const request = parse(tokenizeSchema, body);
  checkModel(request.model, modelName);
  if (request.messages == null && request.prompt == null) throw invalidBody([{ type: "missing", loc: "body.prompt", msg: "Field required" }]);
  const text = request.messages == null ? (request.prompt ?? "") : render(model, request);
  // A chat template writes the text's beginning itself.
  const tokens = model.tokenize(text, request.add_special_tokens ?? request.messages == null);
  return {
    count: tokens.length,
    max_model_len: model.contextTokens,
    tokens,
    token_strs: request.return_token_strs ? tokens.map((token) => model.tokenString(token)) : null,
  };
}

/** `POST /detokenize`, special tokens written out. */
export function detokenize(model: LanguageModel, modelName: string, body: unknown): object {
  const request = parse(detokenizeSchema, body);
  checkModel(request.model, modelName);
  const outside = request.tokens.find((token) => token >= model.vocabularySize);
  if (outside !== undefined) throw badRequest(`Token id ${outside} is out of vocabulary`, "tokens");
  return { prompt: model.detokenize(request.tokens, true) };
}

function render(model: LanguageModel, request: v.InferOutput<typeof tokenizeSchema>): string {
  if (request.add_generation_prompt && request.continue_final_message)
    throw badRequest("Cannot set both `continue_final_message` and `add_generation_prompt` to True.");
  try {
    return new Template(model.chatTemplate ?? chatMl).render({
      messages: request.messages ?? [],
      add_generation_prompt: request.add_generation_prompt,
      continue_final_message: request.continue_final_message,
      bos_token: model.textStart,
      eos_token: model.textEnd,
    });
  } catch (cause) {
    throw badRequest(`The model's chat template refuses these messages: ${cause instanceof Error ? cause.message : String(cause)}`, "messages");
  }
}

function parse<const S extends v.GenericSchema>(schema: S, body: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (!parsed.success) throw invalidBody(parsed.issues.map(asValidationIssue));
  return parsed.output;
}

function checkModel(asked: string | null | undefined, served: string): void {
  if (asked && asked !== served) throw unknownModel(asked, served);
}
