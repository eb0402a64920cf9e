import { openSettings } from "../settings/settings-dialog.tsx";
import { changeSettings, useSettings } from "../settings/settings-store.ts";
import { useLanguage, useWords } from "../words/use-words.ts";
import { GearSymbol } from "./symbols.tsx";
import { ViewLinks } from "./view-links.tsx";

export function Masthead() {
  const words = useWords();
  const language = useLanguage();
  const theme = useSettings(({ settings }) => settings.theme);
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-3">
      <div className="me-auto">
        <h1 className="font-serif text-xl leading-tight font-semibold">{words.title}</h1>
        <p className="text-[0.8125rem] text-quiet">{words.tagline}</p>
      </div>
      <ViewLinks />
      <div className="-mx-2 flex items-center gap-0.5 sm:mx-0">
        <select
          aria-label={words.language.label}
          className="button-quiet bg-transparent"
          value={language}
          onChange={(event) => changeSettings({ language: event.target.value === "zh" ? "zh" : "en" })}
        >
          <option value="en" lang="en">English</option>
          <option value="zh" lang="zh-Hans">中文</option>
        </select>
        <select
          aria-label={words.theme.label}
          className="button-quiet bg-transparent"
          value={theme}
          onChange={(event) => changeSettings({ theme: event.target.value === "light" ? "light" : event.target.value === "dark" ? "dark" : "auto" })}
        >
          <option value="auto">{words.theme.auto}</option>
          <option value="light">{words.theme.light}</option>
          <option value="dark">{words.theme.dark}</option>
        </select>
        <button type="button" className="button-quiet" onClick={openSettings}><GearSymbol />{words.openSettings}</button>
      </div>
    </header>
  );
}
