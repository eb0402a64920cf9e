import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  offered: "A new version of this page is ready.",
  update: "Update now",
  startedElsewhere: "A new version runs in another tab. This one goes on with the old version until it is reloaded.",
  reload: "Reload",
  oldTabs: "Another tab with an older version of this page holds the stored runs. Close it, and they appear here.",
  afterRun: "It can wait until the run has ended.",
};

export type OfflineWords = typeof en;

const zh: OfflineWords = {
  offered: "此页面有新版本可用。",
  update: "立即更新",
  startedElsewhere: "另一标签页已在使用新版本。本页在重新加载前继续使用旧版本。",
  reload: "重新加载",
  oldTabs: "另一标签页中的旧版页面正占用已保存的运行。关闭它后，这里就会显示。",
  afterRun: "可等运行结束后再更新。",
};

export const offlineWords: Record<Language, OfflineWords> = { en, zh };

export const useOfflineWords = (): OfflineWords => offlineWords[useLanguage()];
