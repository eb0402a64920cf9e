import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "How it works",
  draft: { name: "Draft", text: "A small model on this device writes the next step." },
  score: { name: "Score", text: "A large model reads the step and scores it from 0 to 9: one token." },
  keep: { name: "Keep or correct", text: (threshold: string) => `From ${threshold} on the step stays. Below that, the large model writes it anew.` },
  larger: [
    "A train leaves at 9:40 and arrives at 12:05 after two stops of 5 minutes each. It covers 216 km. What is its average speed while moving?",
    "How many positive divisors does 360 have?",
    "Two dice are thrown. What is the probability that their sum is at least 9?",
  ] as readonly string[],
};

export type FirstLookWords = typeof en;

const zh: FirstLookWords = {
  title: "工作方式",
  draft: { name: "起草", text: "本机上的小模型写出下一步。" },
  score: { name: "打分", text: "大模型读过这一步，给出 0 到 9 分，只用一个词元。" },
  keep: { name: "保留或更正", text: (threshold) => `达到 ${threshold} 分就保留；低于此分，由大模型重写这一步。` },
  larger: [
    "一列火车 9:40 出发，12:05 到达，途中停靠两站，每站 5 分钟，全程 216 千米。它行驶时的平均速度是多少？",
    "360 有多少个正因数？",
    "掷两枚骰子，点数之和不小于 9 的概率是多少？",
  ],
};

export const firstLookWords: Record<Language, FirstLookWords> = { en, zh };

export const useFirstLookWords = (): FirstLookWords => firstLookWords[useLanguage()];
