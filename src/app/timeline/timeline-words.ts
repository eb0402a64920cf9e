import type { SpanKind } from "../../reasoning/timeline.ts";
import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  title: "Timeline",
  loading: "Loading the timeline…",
  unavailable: "The timeline is drawn from the stored run, and this one could not be read.",
  empty: "Nothing has happened yet.",
  plot: "Timeline of the run, a row for each step",
  keys: "Left and right move it, plus and minus zoom, 0 shows all of it, up and down choose a step. With the pointer: drag, and Ctrl with the wheel.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  showAll: "Show all",
  saveSvg: "Save as SVG",
  savePng: "Save as PNG",
  pngFailed: "The picture could not be drawn. Save it as SVG instead.",
  upper: "Upper line of a row: this device.",
  lower: "Lower line: the link and the base model.",
  kinds: {
    "draft-prefill": "draft prefill", "draft-decode": "draft decode", idle: "draft model idle", network: "network",
    score: "score", "base-prefill": "base prefill", "base-decode": "base decode",
  } satisfies Record<SpanKind, string>,
  wasted: "did not stay",
  rollback: "rollback",
  pause: "stopped",
  answer: "Answer",
  row: (number: string) => `Step ${number}`,
  open: "under way",
  span: (from: string, to: string, length: string) => `${from} to ${to} s, ${length} s`,
  nothing: "Point at a stretch, or choose a step with the arrow keys.",
  table: "As a table",
  columns: { step: "Step", author: "Written by", verdict: "Verdict", score: "Score", idle: "Idle before, s", draft: "Draft, s", network: "Network, s", scoring: "Scoring, s", base: "Base, s", wasted: "Did not stay, s" },
};

const zh: typeof en = {
  title: "时间线",
  loading: "正在加载时间线…",
  unavailable: "时间线依据已保存的记录绘制，而这次运行无法读取。",
  empty: "还没有发生任何事。",
  plot: "运行的时间线，每步一行",
  keys: "左右键移动，加减键缩放，0 显示全部，上下键选择步骤。用指针：拖动，或按住 Ctrl 滚动滚轮。",
  zoomIn: "放大",
  zoomOut: "缩小",
  showAll: "显示全部",
  saveSvg: "保存为 SVG",
  savePng: "保存为 PNG",
  pngFailed: "图片无法生成，请改存为 SVG。",
  upper: "每行上线：本机。",
  lower: "下线：网络与基础模型模型。",
  kinds: {
    "draft-prefill": "草稿预填充", "draft-decode": "草稿解码", idle: "草稿模型空闲", network: "网络",
    score: "评分", "base-prefill": "基础模型预填充", "base-decode": "基础模型解码",
  },
  wasted: "未保留",
  rollback: "回滚",
  pause: "已停止",
  answer: "答案",
  row: (number) => `第 ${number} 步`,
  open: "进行中",
  span: (from, to, length) => `${from} 至 ${to} 秒，共 ${length} 秒`,
  nothing: "指向某一段，或用方向键选择步骤。",
  table: "以表格显示",
  columns: { step: "步骤", author: "作者", verdict: "结论", score: "评分", idle: "之前空闲（秒）", draft: "草稿（秒）", network: "网络（秒）", scoring: "评分用时（秒）", base: "基础模型（秒）", wasted: "未保留（秒）" },
};

const dictionaries: Record<Language, typeof en> = { en, zh };
export type TimelineWords = typeof en;
export const useTimelineWords = (): TimelineWords => dictionaries[useLanguage()];
