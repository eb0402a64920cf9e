import { useEffect, useRef } from "react";
import type { Change } from "../../reasoning/changes.ts";
import { appRun, useRun } from "../app-run.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useBranchWords } from "./branch-words.ts";
import { stepChanges, useStepChanges } from "./step-changes.ts";

const menuId = "step-menu";

/** Opens the one menu there is at this step. */
export function StepMenuButton({ run, step, index }: { readonly run: string; readonly step: number; readonly index: number }) {
  const words = useBranchWords();
  const open = useStepChanges(({ menu }) => menu?.run === run && menu.step === step);
  return (
    <button
      type="button"
      className="button-quiet -my-1 min-h-6 px-1.5"
      aria-label={words.menu(index + 1)}
      aria-haspopup="menu"
      aria-expanded={open}
      {...(open ? { "aria-controls": menuId } : {})}
      data-step-menu={step}
      onClick={({ currentTarget }) => {
        const { bottom, right } = currentTarget.getBoundingClientRect();
        stepChanges.setState({ menu: open ? undefined : { run, step, index, top: bottom, right: document.documentElement.clientWidth - right } });
      }}
    >
      <span aria-hidden="true">…</span>
    </button>
  );
}

/** In the top layer, since steps clip what reaches beyond them. */
export function StepMenu() {
  const menu = useStepChanges((state) => state.menu);
  return menu === undefined ? null : <OpenMenu key={`${menu.run} ${menu.step}`} {...menu} />;
}

function OpenMenu({ step, run, index, top, right }: NonNullable<ReturnType<typeof stepChanges.getState>["menu"]>) {
  const words = useBranchWords();
  const box = useRef<HTMLDivElement>(null);
  const running = useRun(({ work }) => work.kind !== "idle");
  const elsewhere = useRun((state) => state.elsewhere === "computing");
  const { mode, temperature } = useSettings(({ settings }) => settings.policy);
  const close = (): void => {
    stepChanges.setState({ menu: undefined });
    document.querySelector<HTMLElement>(`[data-step-menu="${step}"]`)?.focus();
  };
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    element.showPopover();
    element.querySelector("button")?.focus();
    const toggled = (event: ToggleEvent): void => { if (event.newState === "closed") stepChanges.setState({ menu: undefined }); };
    const scrolled = (): void => stepChanges.setState({ menu: undefined });
    element.addEventListener("toggle", toggled);
    addEventListener("scroll", scrolled, { once: true, passive: true });
    return () => {
      element.removeEventListener("toggle", toggled);
      removeEventListener("scroll", scrolled);
    };
  }, []);
  const perform = (change: Change): void => {
    close();
    void appRun.change(change);
  };
  const another = mode === "base" ? words.baseAlone : temperature === 0 ? words.sameAgain : undefined;
  return (
    <div
      ref={box} popover="auto"
      className="m-0 w-60 rounded-lg border border-border bg-raised p-1.5 text-ink shadow-lg"
      style={{ inset: "auto", top: Math.min(top + 4, innerHeight - 270), right }}
    >
      <div
        id={menuId} role="menu" tabIndex={-1} aria-label={words.menu(index + 1)}
        onKeyDown={(event) => {
          // Escape would stop the run.
          if (event.key === "Escape") {
            event.nativeEvent.stopPropagation();
            close();
          } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const items = [...event.currentTarget.querySelectorAll("button")];
            const at = items.findIndex((item) => item === document.activeElement);
            items.at((at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length)?.focus();
          }
        }}
      >
        <MenuItem name={words.edit} why={elsewhere ? words.elsewhere : undefined} onClick={() => {
          stepChanges.setState({ menu: undefined, editing: { run, step } });
          void appRun.stop();
        }} />
        <MenuItem name={words.askBase} why={elsewhere ? words.elsewhere : mode === "draft" ? words.draftAlone : undefined} onClick={() => perform({ kind: "ask-base", step })} />
        <MenuItem name={words.draftAgain} why={elsewhere ? words.elsewhere : another} onClick={() => perform({ kind: "draft-again", step })} />
        <MenuItem name={words.drop} why={elsewhere ? words.elsewhere : undefined} onClick={() => perform({ kind: "drop", step })} />
      </div>
      <p className="border-t border-line px-2 pt-1.5 text-xs leading-snug text-quiet">{running && <>{words.stopsFirst} </>}{words.keeps}</p>
    </div>
  );
}

function MenuItem({ name, why, onClick }: { readonly name: string; readonly why: string | undefined; readonly onClick: () => void }) {
  const off = why !== undefined;
  return (
    <button
      type="button" role="menuitem" tabIndex={-1} aria-disabled={off} onClick={() => { if (!off) onClick(); }}
      className={`block w-full rounded px-2 py-1.5 text-start ${off ? "text-quiet" : "hover:bg-sunken"}`}
    >
      {name}
      {off && <span className="block text-xs">{why}</span>}
    </button>
  );
}
