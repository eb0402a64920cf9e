import { readFileSync } from "node:fs";
import { MLCEngine, modelVersion, prebuiltAppConfig } from "@mlc-ai/web-llm";
import { describe, expect, test } from "vitest";
import { modelCatalogue } from "../../../src/models/model-catalogue.ts";
import { modelFolder } from "../../../src/models/webllm/model-cache.ts";
import { neededNames } from "../../../src/models/webllm/pipeline-internals.ts";

/** Everything pipeline-internals.ts takes from inside the package, held to what is installed: an upgrade that moves a name fails here. */
const folder = new URL("../../../node_modules/@mlc-ai/web-llm/", import.meta.url);
const bundle = readFileSync(new URL("lib/index.js", folder), "utf8");

/** The text of a class, whatever the depth it is nested at. */
function classText(name: string): string {
  const start = new RegExp(String.raw`^(\s*)class ${name}( extends \w+)? \{$`, "m").exec(bundle);
  if (start === null) throw new Error(`there is no class ${name}`);
  const from = start.index;
  const end = bundle.indexOf(`\n${start[1]?.replaceAll("\n", "") ?? ""}}\n`, from);
  return bundle.slice(from, end);
}

const method = (name: string) => new RegExp(String.raw`^\s+${name}\(([^)]*)\) \{$`, "m");
const field = (name: string) => new RegExp(String.raw`^\s+this\.${name} = `, "m");

describe("the installed WebLLM", () => {
  test("is the version these names are of, pinned exactly", () => {
    const own = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as { version: string };
    const app = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { dependencies: Record<string, string> };
    expect([own.version, app.dependencies["@mlc-ai/web-llm"], modelVersion]).toEqual(["0.2.86", "0.2.86", "v0_2_86/base"]);
  });

  test.each(neededNames.engine)("has an engine with %s", (name) => {
    expect(name in new MLCEngine()).toBe(true);
  });

  const pipeline = classText("LLMChatPipeline");
  test.each(neededNames.methods)("has a pipeline with the method %s", (name) => {
    expect(pipeline).toMatch(method(name));
  });
  test.each([...neededNames.fields, ...neededNames.rollbackFields])("has a pipeline with the field %s", (name) => {
    expect(pipeline).toMatch(field(name));
  });

  test("takes the arguments it is given and returns detached logits", () => {
    expect(method("forwardKnownTokens").exec(pipeline)?.[1]).toBe("inputIds, isPrefill");
    expect(method("forwardDecodeToken").exec(pipeline)?.[1]).toBe("tokenId");
    expect(method("updateLogitsOnCPU").exec(pipeline)?.[1]).toBe("logits");
    expect(pipeline).toContain("lastLogits = this.tvm.detachFromCurrentScope(logits)");
    expect(pipeline).toContain("return this.tvm.detachFromCurrentScope(logits)");
  });

  const runtime = classText("Instance");
  test.each(["beginScope", "endScope", "detachFromCurrentScope", "getGlobalFunc", "scalar"])("has a runtime with %s", (name) => {
    expect(runtime).toMatch(method(name));
  });
  test("keeps the GPU device where its loss is watched", () => {
    expect(runtime).toContain("this.lib.webGPUContext = webGPUContext;");
    expect(classText("WebGPUContext")).toMatch(field("device"));
  });
  test("has a tokenizer with encode and decode, and a device with sync", () => {
    for (const name of ["encode = function (text)", "decode = function (ids)"]) expect(bundle).toContain(`Tokenizer.prototype.${name}`);
    expect(classText("DLDevice")).toMatch(method("sync"));
  });

  test.each(["webllm/model", "webllm/config", "webllm/wasm"])("keeps a model in the cache %s", (scope) => {
    expect(bundle).toContain(`"${scope}"`);
  });
  test("finds a model's files where modelFolder looks for them", () => {
    expect(bundle).toContain('modelUrl += "resolve/main/";');
    expect(bundle).toContain(String.raw`/.+\/resolve\/.+\//`);
    expect(modelFolder("https://a.test/x/y")).toBe("https://a.test/x/y/resolve/main/");
    expect(modelFolder("https://a.test/x/y/resolve/v1/")).toBe("https://a.test/x/y/resolve/v1/");
  });
  test.each(["IntegrityError", "ShaderF16SupportError", "FeatureSupportError", "DeviceLostError", "WebGPUNotAvailableError"])("still has the error %s by that name", (name) => {
    expect(bundle).toContain(`this.name = "${name}"`);
  });

  const variants = modelCatalogue.flatMap(({ contextTokens, variants: { f16, f32 } }) => [f16, f32].filter((one) => one !== undefined).map((one) => [one.modelId, one, contextTokens] as const));
  test.each(variants)("has the record of %s, as the catalogue states it", (modelId, variant, contextTokens) => {
    const record = prebuiltAppConfig.model_list.find(({ model_id }) => model_id === modelId);
    expect(record).toMatchObject({ model: variant.modelUrl, model_lib: variant.modelLibUrl, overrides: { context_window_size: contextTokens } });
    expect(Math.round((record?.vram_required_MB ?? 0) * 1024 * 1024)).toBe(variant.gpuBytes);
  });
});
