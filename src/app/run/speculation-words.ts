import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Speculation on the server",
  acceptance: "Drafted tokens accepted",
  length: "Mean accepted length",
  note: "Counted by the server while this run went on, other users’ requests included. Length: tokens written in one forward pass.",
};

export type SpeculationWords = typeof en;

const zh: SpeculationWords = {
  title: "服务器上的推测解码",
  acceptance: "草拟词元接受率",
  length: "平均接受长度",
  note: "由服务器在本次运行期间统计，包括其他用户的请求。长度：一次前向计算写出的词元数。",
};

export const speculationWords: Record<Language, SpeculationWords> = { en, zh };

export const useSpeculationWords = (): SpeculationWords => speculationWords[useLanguage()];
