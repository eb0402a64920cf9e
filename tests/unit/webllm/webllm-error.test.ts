import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/models/model-error.ts";
import { loadError, runError } from "../../../src/models/webllm/webllm-error.ts";

const named = (name: string, message = "") => Object.assign(new Error(message), { name });

describe("a load that failed", () => {
  test.each([
    [named("IntegrityError", "Integrity check failed"), "bad-file", /hash/],
    [named("ShaderF16SupportError", "This model requires WebGPU extension shader-f16"), "engine-failed", /f32/],
    [named("FeatureSupportError", "requires feature subgroups"), "engine-failed", /CPU/],
    [named("WebGPUNotAvailableError"), "engine-failed", /CPU/],
    [new Error("Unable to find a compatible GPU."), "engine-failed", /CPU/],
    [new Error("Cannot initialize runtime because of requested maxStorageBuffersPerShaderStage exceeds limit. requested=10, limit=8. "), "engine-failed", /smaller model/],
    [named("DeviceLostError"), "out-of-memory", /smaller model/],
    [new DOMException("full", "QuotaExceededError"), "storage-full", /Delete models/],
    [new TypeError("Failed to fetch"), "download-failed", /again/],
    [new TypeError("Failed to execute 'add' on 'Cache': Request failed"), "download-failed", /again/],
    [new Error("Cannot fetch https://models.test/params_shard_3.bin"), "download-failed", /params_shard_3/],
    [named("CompileError", "WebAssembly.instantiate(): expected magic word"), "bad-file", /0\.2\.86/],
    [named("LinkError", "Import #4 module=env function=x"), "bad-file", /0\.2\.86/],
    [new Error("Cannot find global function vm.builtin.kv_state_clear"), "bad-file", /0\.2\.86/],
    [new RangeError("Array buffer allocation failed"), "out-of-memory", /smaller model/],
    [new DOMException("stop", "AbortError"), "aborted", /Stopped/],
    [new SyntaxError("Unexpected token '<'"), "bad-file", /Download it again/],
    ["a string", "bad-file", /a string/],
  ] as const)("%s is %s", (thrown, kind, message) => {
    const error = loadError(thrown);
    expect([error.kind, error.message]).toEqual([kind, expect.stringMatching(message)]);
  });
});

test("what fails before the weights are asked for is the library's fault", () => {
  const error = loadError(new TypeError("Cannot read properties of undefined (reading 'buffer')"), "library");
  expect([error.kind, error.message]).toEqual(["bad-file", expect.stringMatching(/not made for WebLLM 0\.2\.86/)]);
});

describe("a loaded model that failed", () => {
  test.each([
    [named("BindingError", "Cannot pass deleted object as a pointer of type Instance"), "device-lost"],
    [new Error("GPUBuffer allocation: out of memory"), "out-of-memory"],
    [named("RuntimeError", "unreachable"), "engine-failed"],
    [new ModelError("context-overflow", "too long"), "context-overflow"],
  ] as const)("%s is %s", (thrown, kind) => {
    expect(runError(thrown).kind).toBe(kind);
  });
});
