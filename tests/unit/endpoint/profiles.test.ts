import { connectEndpoint } from "../../../src/models/endpoint/connect-endpoint.ts";
import { describeBaseModel, type Lacks } from "../../support/base-model-suite.ts";
import { llamaServer } from "../../support/profiles/llama-server.ts";
import { lmStudio } from "../../support/profiles/lm-studio.ts";
import { ollama } from "../../support/profiles/ollama.ts";
import { type Profile, serveProfile } from "../../support/profiles/profile-server.ts";
import { sglang } from "../../support/profiles/sglang.ts";
import { strictProxy } from "../../support/profiles/strict-proxy.ts";
import { vllm08 } from "../../support/profiles/vllm-0-8.ts";

/** Each speaks as its server does, over the embedded base model. */
const profiles: readonly (readonly [Profile, Lacks])[] = [
  [vllm08, {}],
  [sglang, {}],
  [llamaServer, {}],
  [ollama("0.13.5", true), { stopReason: true }],
  [ollama("0.9.6", false), { probabilities: "constrained-digit", stopReason: true }],
  [lmStudio, { probabilities: "sampled-digit", stopReason: true }],
  [strictProxy, { stopReason: true }],
];

for (const [profile, lacks] of profiles) {
  describeBaseModel(`an endpoint that speaks as ${profile.name}`, async () => {
    const server = await serveProfile(profile);
    return { ...server, base: connectEndpoint({ baseUrl: server.url, model: "arithmetic-base", contextTokens: 512 }), lacks };
  });
}
