import type { AdapterFacts } from "../../models/model-catalogue.ts";

/** What this machine and browser give a model. */
export type Machine = {
  /** The adapter WebLLM would get; undefined where the browser gives no GPU. */
  readonly gpu: (AdapterFacts & { readonly name: string }) | undefined;
  /** Bytes this page may still store; undefined where the browser does not tell. */
  readonly freeBytes?: number;
  /** Whether the browser promises not to clear what is stored. */
  readonly persisted: boolean;
  /** CPU threads a model can use; 1 where the page is not isolated from other origins. */
  readonly threads: number;
};

export async function readMachine(): Promise<Machine> {
  const [gpu, estimate, persisted] = await Promise.all([
    readAdapter().catch(() => undefined),
    navigator.storage?.estimate().catch(() => undefined),
    navigator.storage?.persisted().catch(() => false),
  ]);
  const { quota, usage } = estimate ?? {};
  return {
    gpu, persisted: persisted ?? false,
    threads: globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1,
    ...(quota === undefined || usage === undefined ? {} : { freeBytes: Math.max(0, quota - usage) }),
  };
}

async function readAdapter(): Promise<Machine["gpu"]> {
  if (!("gpu" in navigator)) return undefined;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) return undefined;
  const { info, limits, features } = adapter;
  const { description, vendor, architecture } = info;
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize, maxStorageBuffersPerShaderStage } = limits;
  return {
    name: description || [vendor, architecture].filter(Boolean).join(" ") || "GPU",
    limits: { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize, maxStorageBuffersPerShaderStage },
    features: new Set(features),
    isFallbackAdapter: info.isFallbackAdapter,
  };
}
