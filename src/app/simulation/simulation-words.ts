import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  whatIf: "What if",
  intro: "The same steps under other settings, computed by the simulator.",
  mode: "Mode",
  objective: "Objective",
  threshold: "Accept steps from score",
  roundTrip: "Round trip, milliseconds",
  modes: { base: "base model alone", sync: "one step at a time", async: "drafting ahead", auto: "automatic" },
  objectives: { latency: "latency", balanced: "balanced", cloud: "cloud cost" },
  computing: "Computing…",
  failed: "This run cannot be simulated: it holds too few steps.",
  seconds: "Time to the end of the thinking",
  baseTokens: "Base model tokens",
  scoreRequests: "Score requests",
  against: (seconds: string, tokens: string) => `The base model alone: ${seconds} s, ${tokens} tokens.`,
  recorded: "Recorded in this run: each step’s length and score, and the speed of the models.",
  measured: (milliseconds: string) => `Round trip measured in this run: ${milliseconds} ms.`,
  assumedLink: "The round trip is your figure.",
  unscored: (count: number) => `Assumed: ${count} ${count === 1 ? "step" : "steps"} that the base model wrote unasked would have been accepted.`,
  uncorrected: (count: number) => `Assumed: corrections of ${count} ${count === 1 ? "step" : "steps"} would have been as long as the drafts.`,
  assumedSpeeds: { draft: "Assumed: the draft model’s speed.", base: "Assumed: the base model’s speed.", score: "Assumed: the time of a score." },
  prediction: (seconds: string, tokens: string, share: string) => `about ${seconds} s (${share} of the base model alone), ${tokens} base tokens`,
  predictionFrom: "Expected for 30 steps, from earlier runs with this pair and link:",
};

export type SimulationWords = typeof en;

const zh: SimulationWords = {
  whatIf: "假如",
  intro: "同样的步骤换一种设置会怎样，由模拟器计算。",
  mode: "模式",
  objective: "目标",
  threshold: "接受步骤的最低评分",
  roundTrip: "往返时间（毫秒）",
  modes: { base: "仅基础模型", sync: "逐步进行", async: "提前起草", auto: "自动" },
  objectives: { latency: "最快", balanced: "均衡", cloud: "最省云端" },
  computing: "正在计算……",
  failed: "这次运行的步骤太少，无法模拟。",
  seconds: "到思考结束的时间",
  baseTokens: "基础模型词元",
  scoreRequests: "评分请求",
  against: (seconds, tokens) => `仅用基础模型：${seconds} 秒，${tokens} 词元。`,
  recorded: "取自本次记录：每一步的长度和评分，以及两个模型的速度。",
  measured: (milliseconds) => `往返时间为本次实测：${milliseconds} 毫秒。`,
  assumedLink: "往返时间由你给定。",
  unscored: (count) => `假定：基础模型主动写下的 ${count} 步本会被接受。`,
  uncorrected: (count) => `假定：${count} 步的更正与草稿一样长。`,
  assumedSpeeds: { draft: "假定：草稿模型的速度。", base: "假定：基础模型的速度。", score: "假定：一次评分的时间。" },
  prediction: (seconds, tokens, share) => `约 ${seconds} 秒（仅用基础模型的 ${share}），基础模型 ${tokens} 词元`,
  predictionFrom: "根据这对模型在这条链路上的以往运行，推理 30 步预计：",
};

const dictionaries: Record<Language, SimulationWords> = { en, zh };

export const useSimulationWords = (): SimulationWords => dictionaries[useLanguage()];
