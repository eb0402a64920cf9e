import type { Capability, Finding } from "../../models/endpoint/findings.ts";
import { useLanguage, type Language } from "../words/use-words.ts";

type FindingWords = {
  readonly label: string;
  readonly works: string;
  readonly instead: string;
  readonly say: (finding: Finding) => string;
};

/** What stands in the finding's own sentence and in no other words: names, versions, figures. */
const chinese: Readonly<Record<Capability, readonly [works: string, instead: string]>> = {
  "model-list": ["端点列出它的模型。", "端点没有模型列表：使用你填写的名称。"],
  engine: ["端点说明了自己的引擎：", "端点没有说明自己是什么：按一般的 OpenAI 兼容服务器对待。"],
  context: ["上下文长度已知：", "上下文长度未知：被拒绝时运行结束。"],
  scores: ["评分取数字概率的平均值。", "没有概率：评分是写出的那个数字。"],
  digits: ["数字的词元已知，只考虑它们。", "数字的词元未知：按文本识别数字。"],
  "several-scores-at-once": ["多个步骤可在一次请求中评分。", "每次请求只接受一个提示：多个步骤并行评分。"],
  streaming: ["更正以流式传来，词元由服务器计数。", "更正以流式传来；服务器不计词元，按文本片段计数。"],
  sampling: ["温度接近 0 时与温度为 0 时写得一样，应当如此。", "温度接近 0 时与温度为 0 时写得不一样：它的采样有误（带推测的 CPU 版 vLLM 会这样）。请把温度设为 0，或不带 --speculative-config 启动。"],
  "cached-tokens": ["端点说明提示中有多少来自缓存。", "端点不说明提示中有多少来自缓存（vLLM：加 --enable-prompt-tokens-details）。"],
  "session-header": ["会话标头可以到达，路由器能让一次运行留在同一副本。", "会话标头被预检拒绝：运行时不带它；经由本应用的服务器（npm start -- --upstream）则可以。"],
  "turn-structure": ["服务器给出模型自己的对话格式。", "服务器不给出对话格式：按模型名称使用内置格式。"],
  "speculation-metrics": ["服务器逐词元推测，并说明接受了多少。", "看不到服务器的推测情况。"],
};
/** Findings whose English sentence ends in a figure or a name that a Chinese reader wants, too. */
const withDetail: ReadonlySet<Capability> = new Set(["engine", "context"]);

function inChinese({ capability, works, text }: Finding): string {
  const [right, instead] = chinese[capability];
  if (!works) return instead;
  const detail = /\d+(?= tokens)|(?<=^It is ).*(?=\.$)/.exec(text)?.[0];
  return withDetail.has(capability) && detail !== undefined ? `${right}${detail}` : right;
}

const words: Record<Language, FindingWords> = {
  en: { label: "What this endpoint can do", works: "Works:", instead: "Instead:", say: ({ text }) => text },
  zh: { label: "这个端点能做什么", works: "可用：", instead: "改用：", say: inChinese },
};

export const useFindingWords = (): FindingWords => words[useLanguage()];
