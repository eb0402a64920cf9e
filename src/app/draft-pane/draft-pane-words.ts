import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Draft model",
  opening: "Being loaded…",
  again: "Being loaded again…",
  engines: { wllama: "llama.cpp", webllm: "WebLLM", scripted: "scripted" },
  details: "Engine, speed and KV cache",
  engine: "Engine",
  computes: "Computes on",
  threads: (count: number) => `CPU, ${count} ${count === 1 ? "thread" : "threads"}`,
  gpu: (name: string) => `GPU, ${name}`,
  prefill: "Prefill",
  decode: "Decode",
  speed: (tokens: string) => `${tokens} tokens/s`,
  atRest: "Measured at rest",
  bothSpeeds: (prefill: string, decode: string) => `${prefill} / ${decode} tokens/s`,
  none: "–",
  reused: "KV tokens reused",
  prefilled: "KV tokens prefilled",
  rollbacks: "Rollbacks in this run",
  takenBack: "KV tokens taken back",
  takenBackIn: (tokens: string, milliseconds: string) => `${tokens} in ${milliseconds} ms`,
  resets: "KV cache emptied",
  note: "Since it was loaded; speeds over its latest calls.",
  noHalf: "There is a GPU, but its shaders have no 16-bit floats, which llama.cpp needs: it computes on the CPU.",
  check: "Check at load",
  append: {
    prefill: "Appending to the KV cache is right on this library and adapter.",
    steps: "This library appends several tokens wrongly in one forward: they are appended one by one, or everything is prefilled again where that is faster.",
    never: "This library computes differently whenever it continues a KV cache: every step is prefilled from the start.",
  },
  noRollback: "Tokens cannot be taken back here: after a rejected step everything is prefilled again.",
  differences: (inParts: string, tokenByToken: string, tolerance: string) => `Largest difference of a logit from one whole prefill: ${inParts} in two parts, ${tokenByToken} token by token; up to ${tolerance} counts as the same.`,
  losses: {
    "device-lost": "The graphics device went away; the model was loaded again, and the run went on from its last finished step.",
    "engine-failed": "The model stopped answering; it was loaded again, and the run went on from its last finished step.",
    "out-of-memory": "The graphics device’s memory gave out. All finished steps are kept; choose a smaller model or context in Settings.",
  },
};

export type DraftPaneWords = typeof en;

const zh: DraftPaneWords = {
  title: "草稿模型",
  opening: "正在载入…",
  again: "正在重新载入…",
  engines: { wllama: "llama.cpp", webllm: "WebLLM", scripted: "脚本" },
  details: "引擎、速度与 KV 缓存",
  engine: "引擎",
  computes: "计算位置",
  threads: (count) => `CPU，${count} 个线程`,
  gpu: (name) => `GPU，${name}`,
  prefill: "预填充",
  decode: "解码",
  speed: (tokens) => `${tokens} 词元/秒`,
  atRest: "空闲时实测",
  bothSpeeds: (prefill, decode) => `${prefill} / ${decode} 词元/秒`,
  none: "–",
  reused: "复用的 KV 词元",
  prefilled: "预填充的 KV 词元",
  rollbacks: "本次运行的回滚",
  takenBack: "撤回的 KV 词元",
  takenBackIn: (tokens, milliseconds) => `${tokens}，用时 ${milliseconds} 毫秒`,
  resets: "KV 缓存清空",
  note: "自载入以来；速度取自最近的调用。",
  noHalf: "本机有 GPU，但其着色器不支持 llama.cpp 所需的 16 位浮点：因此在 CPU 上计算。",
  check: "载入时的检查",
  append: {
    prefill: "在此模型库与 GPU 上，向 KV 缓存追加是正确的。",
    steps: "此模型库一次追加多个词元会算错：改为逐个追加，或在更快时全部重新预填充。",
    never: "此模型库只要接续 KV 缓存就算得不同：每一步都从头预填充。",
  },
  noRollback: "此处不能撤回词元：步骤被拒后全部重新预填充。",
  differences: (inParts, tokenByToken, tolerance) => `与一次整体预填充的最大 logit 差：分两段为 ${inParts}，逐词元为 ${tokenByToken}；不超过 ${tolerance} 视为相同。`,
  losses: {
    "device-lost": "图形设备曾断开；模型已重新载入，运行从最后完成的步骤继续。",
    "engine-failed": "模型曾停止响应；已重新载入，运行从最后完成的步骤继续。",
    "out-of-memory": "图形设备的内存不足。已完成的步骤都保留着；请在设置中选择更小的模型或上下文。",
  },
};

const draftPaneWords: Record<Language, DraftPaneWords> = { en, zh };

export const useDraftPaneWords = (): DraftPaneWords => draftPaneWords[useLanguage()];
