/** What llama.cpp says about where its buffers lie. */
const bufferLine = /(\S+)\s+(?:model|KV|RS|compute) buffer size/;

/**
 * Collects llama.cpp's log of a load and tells from the buffers it allocated what computes. `isSupportWebGPU()` and the
 * number of layers asked for do not tell: without f16 shaders everything silently stays on the CPU.
 */
export function createBufferLog() {
  const buffers = new Set<string>();
  return {
    line(text: string): void {
      const name = bufferLine.exec(text)?.[1];
      if (name !== undefined) buffers.add(name);
    },
    get computesOn(): "cpu" | "webgpu" {
      return [...buffers].some((name) => /webgpu/i.test(name)) ? "webgpu" : "cpu";
    },
  };
}

/** The GPU that llama.cpp's kernels can use, or nothing: they need 16-bit floats in shaders. */
export async function usableGpu(): Promise<{ readonly name: string } | undefined> {
  if (typeof navigator === "undefined" || !("gpu" in navigator)) return undefined;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (adapter === null || !adapter.features.has("shader-f16")) return undefined;
  const { description, vendor, architecture } = adapter.info;
  return { name: description || [vendor, architecture].filter(Boolean).join(" ") || "GPU" };
}
