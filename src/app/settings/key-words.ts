import { useLanguage, type Language } from "../words/use-words.ts";

const en = {
  remember: "Remember on this device",
  forget: "Forget this key",
  limits: "Kept encrypted in this browser: safe from somebody who reads the disk, not from a script in this page or whoever uses this browser.",
  bound: "Stays in this tab’s memory, for this endpoint’s origin alone; never exported or logged.",
  cannot: "This browser can remember a key only over https or on localhost.",
  noKey: "No key has such characters. Copy it again, without spaces or line breaks.",
  notStored: "The browser did not store it: the key lasts as long as this tab.",
};

export type KeyWords = typeof en;

const zh: KeyWords = {
  remember: "在本机记住",
  forget: "忘记此密钥",
  limits: "加密保存在本浏览器中：能防止他人读取磁盘，但防不住本页面中的脚本或使用此浏览器的人。",
  bound: "只留在本标签页内存中，且只用于此端点的源；不导出、不记录。",
  cannot: "浏览器只有在 https 或 localhost 下才能记住密钥。",
  noKey: "密钥不会含有这样的字符。请重新复制，不要带空格或换行。",
  notStored: "浏览器未能保存：密钥只在本标签页打开期间有效。",
};

export const keyWords: Record<Language, KeyWords> = { en, zh };

export const useKeyWords = (): KeyWords => keyWords[useLanguage()];
