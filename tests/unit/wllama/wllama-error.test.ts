import { describe, expect, it } from "vitest";
import { createBufferLog } from "../../../src/models/wllama/computing-device.ts";
import { isNativeException, isUnprintable, loggedError, wllamaError } from "../../../src/models/wllama/wllama-error.ts";
import { ModelError } from "../../../src/models/model-error.ts";

const native = new RangeError("Invalid typed array length: 1163217991");

const after = (...lines: readonly string[]) => {
  const log = createBufferLog();
  for (const line of lines) log.line(line);
  return log.computesOn;
};

describe("a failure of wllama's has a kind", () => {
  it.each([
    [new Error("WebAssembly.Memory(): could not allocate memory"), "", "out-of-memory"],
    [native, "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 9000000000", "out-of-memory"],
    [Object.assign(new Error("full"), { type: "kv_cache_full" }), "", "context-overflow"],
    ["Aborted()", "", "engine-failed"],
    [new WebAssembly.RuntimeError("unreachable"), "", "engine-failed"],
  ] as const)("%s, %j: %s", (thrown, logged, kind) => {
    expect(wllamaError(thrown, logged)).toMatchObject({ name: "ModelError", kind });
  });

  it("what already has one keeps it", () => {
    const error = new ModelError("timed-out", "Too slow.");
    expect(wllamaError(error, "out of memory")).toBe(error);
  });

  it("a C++ exception tells what llama.cpp logged, not how wllama stumbled over it", () => {
    expect(isNativeException(native)).toBe(true);
    expect(wllamaError(native, "llama_decode: failed").message).toContain("llama_decode: failed");
    expect(wllamaError(native, "llama_decode: failed").message).not.toContain("1163217991");
  });

  it("a text that is not UTF-8 is told from other exceptions", () => {
    expect(isUnprintable("[json.exception.type_error.316] incomplete UTF-8 string")).toBe(true);
    expect(isUnprintable("llama_decode: failed")).toBe(false);
  });

  it("a prompt longer than the context says how long it is, and how much fits", () => {
    const error = loggedError({ code: 400, type: "exceed_context_size_error", n_prompt_tokens: 700, n_ctx: 512 });
    expect(error).toMatchObject({ kind: "context-overflow", message: expect.stringMatching(/700 tokens.*512/) });
    expect(loggedError({ type: "other" })).toBeUndefined();
    expect(loggedError("a line")).toBeUndefined();
  });
});

describe("what computes", () => {
  it("is the CPU where all buffers are its own, although layers were offloaded by name", () => {
    expect(after("load_tensors: offloaded 25/25 layers to GPU", "load_tensors:          CPU model buffer size =     0.28 MiB")).toBe("cpu");
  });

  it("is the GPU where one of its buffers was allocated", () => {
    expect(after("load_tensors:   CPU_Mapped model buffer size =   136.50 MiB", "load_tensors:       WebGPU model buffer size =   900.00 MiB")).toBe("webgpu");
  });

  it("is the CPU before anything was said", () => {
    expect(after()).toBe("cpu");
  });
});
