import { useState, type ReactNode } from "react";
import { AuthorSymbol } from "../frame/symbols.tsx";
import { openShelf } from "../shelf/shelf-opened.ts";
import { useWords } from "../words/use-words.ts";
import { BaseSettings } from "./base-settings.tsx";
import { DraftSettings } from "./draft-settings.tsx";
import { PolicySettings } from "./policy-settings.tsx";
import { defaultSettings } from "./settings.ts";
import { changeSettings } from "./settings-store.ts";

const dialogId = "settings";

export function openSettings(): void {
  const dialog = document.getElementById(dialogId);
  if (!(dialog instanceof HTMLDialogElement)) return;
  dialog.showModal();
  void openShelf();
}

export function SettingsDialog() {
  const words = useWords().settings;
  // Counts resets: fields that hold what was typed start anew.
  const [resets, setResets] = useState(0);
  return (
    <dialog
      id={dialogId}
      aria-labelledby="settings-title"
      className="m-auto max-h-[min(52rem,92dvh)] w-[min(44rem,94vw)] overflow-y-auto rounded-xl border border-line bg-paper p-0 text-ink shadow-2xl"
    >
      <header className="sticky top-0 z-10 flex items-center justify-between border-b border-line bg-paper px-5 py-3">
        <h2 id="settings-title" className="font-serif text-xl font-semibold">{words.title}</h2>
        <form method="dialog"><button type="submit" className="button">{words.close}</button></form>
      </header>
      <div key={resets} className="grid gap-7 px-5 py-5">
        <Group title={words.draft.title} symbol={<AuthorSymbol author="draft" />}><DraftSettings /></Group>
        <Group title={words.base.title} symbol={<AuthorSymbol author="base" />}><BaseSettings /></Group>
        <Group title={words.policy.title}><PolicySettings /></Group>
        <footer className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4 text-[0.8125rem] text-quiet">
          <p>{words.saved}</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              const { draft, base, policy, lateRejection } = defaultSettings;
              changeSettings({ draft, base, policy, lateRejection });
              setResets(resets + 1);
            }}
          >
            {words.reset}
          </button>
        </footer>
      </div>
    </dialog>
  );
}

function Group({ title, symbol, children }: { readonly title: string; readonly symbol?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="grid gap-3">
      <h3 className="flex items-center gap-2 font-serif text-lg">{symbol}{title}</h3>
      {children}
    </section>
  );
}
