import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Compare",
  intro: "The same problem by the draft model alone, by the base model alone, by the paper’s step-by-step loop, and as the app does it. One after the other, with the models, threshold and link chosen in Settings. Each run is kept among the earlier runs.",
  problem: "Problem",
  compare: "Compare",
  stop: "Stop",
  empty: "Write a problem first.",
  modes: { draft: "Draft alone", base: "Base alone", sync: "Step by step", auto: "SpecReason Edge" },
  states: { waiting: "waiting", elsewhere: "waits for another computation", opening: "opening the models…", running: (steps: number) => `${steps} ${steps === 1 ? "step" : "steps"}…`, stopped: "stopped", failed: "failed" },
  measure: "Measure",
  rows: {
    answer: "Answer", seconds: "Time, s", speedUp: "Times as fast as base alone", draftTokens: "Draft tokens", baseTokens: "Base tokens generated", prompt: "Base tokens read",
    cost: "Cost", acceptance: "Drafts accepted", steps: "Steps", run: "Run",
  },
  open: "Open",
  openOf: (mode: string) => `Open the run: ${mode}`,
  none: "–",
  difference: "Where the steps differ",
  same: "All finished runs have the same steps, word for word.",
  from: (step: string) => `Alike up to step ${step}.`,
  fromFirst: "They differ from the first step on.",
  step: "Step",
  noStep: "no such step",
};

const zh: typeof en = {
  title: "对比",
  intro: "同一道题，分别由草稿模型单独、基础模型单独、论文的逐步循环和本应用来解。按“设置”中所选的模型、阈值和链路依次进行；每次运行都保存在以往运行中。",
  problem: "题目",
  compare: "开始对比",
  stop: "停止",
  empty: "请先写下题目。",
  modes: { draft: "仅草稿模型", base: "仅基础模型", sync: "逐步", auto: "本应用" },
  states: { waiting: "等待中", elsewhere: "等待另一项计算", opening: "正在打开模型…", running: (steps) => `${steps} 步…`, stopped: "已停止", failed: "失败" },
  measure: "指标",
  rows: {
    answer: "答案", seconds: "用时（秒）", speedUp: "相对仅基础模型的倍速", draftTokens: "草稿词元", baseTokens: "基础模型生成词元", prompt: "基础模型读入词元",
    cost: "费用", acceptance: "草稿接受率", steps: "步数", run: "运行",
  },
  open: "打开",
  openOf: (mode) => `打开运行：${mode}`,
  none: "–",
  difference: "步骤在哪里不同",
  same: "所有完成的运行步骤逐字相同。",
  from: (step) => `前 ${step} 步相同。`,
  fromFirst: "从第一步起就不同。",
  step: "步骤",
  noStep: "没有这一步",
};

const dictionaries: Record<Language, typeof en> = { en, zh };
export type CompareWords = typeof en;
export const useCompareWords = (): CompareWords => dictionaries[useLanguage()];
