import { useEffect, useRef } from "react";
import type { Change } from "../../reasoning/changes.ts";
import { appRun, useRun } from "../app-run.ts";
import { useSettings } from "../settings/settings-store.ts";
import { useBranchWords } from "./branch-words.ts";
import { stepChanges, useStepChanges } from "./step-changes.ts";

const menuId = "step-menu";
const noteId = "step-menu-note";

/** Opens the one menu there is at this step. */
export function StepMenuButton({ run, step, index }: { readonly run: string; readonly step: number; readonly index: number }) {
  const words = useBranchWords();
  const wasOpen = useRef(false);
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
      // A press anywhere closes an open menu, here too, before it becomes a click.
      onPointerDown={() => { wasOpen.current = open; }}
      onClick={() => {
        stepChanges.setState({ menu: open || wasOpen.current ? undefined : { run, step, index } });
        wasOpen.current = false;
      }}
    >
      <span aria-hidden="true">…</span>
    </button>
  );
}

/** In the top layer, since steps clip what reaches beyond them. It goes with its step. */
export function StepMenu() {
  const menu = useStepChanges((state) => state.menu);
  const stands = useRun(({ run }) => run?.header.id === menu?.run && run?.steps.some(({ id }) => id === menu?.step) === true);
  return menu === undefined || !stands ? null : <OpenMenu key={`${menu.run} ${menu.step}`} {...menu} />;
}

/** Where the focus goes when what had it leaves with its step. */
export const focusSteps = (): void => document.getElementById("steps-title")?.focus({ preventScroll: true });

const buttonOf = (step: number): HTMLElement | null => document.querySelector(`[data-step-menu="${step}"]`);

function OpenMenu({ step, run, index }: NonNullable<ReturnType<typeof stepChanges.getState>["menu"]>) {
  const words = useBranchWords();
  const box = useRef<HTMLDivElement>(null);
  const running = useRun(({ work }) => work.kind !== "idle");
  const elsewhere = useRun((state) => state.elsewhere === "computing");
  const { mode, temperature } = useSettings(({ settings }) => settings.policy);
  const close = (): void => {
    stepChanges.setState({ menu: undefined });
    buttonOf(step)?.focus();
  };
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const stay = (): void => {
      const anchor = buttonOf(step)?.getBoundingClientRect();
      if (anchor === undefined) return;
      const height = element.offsetHeight + 4;
      const below = anchor.bottom + height < innerHeight || anchor.top < height;
      element.style.top = `${below ? Math.max(4, Math.min(anchor.bottom + 4, innerHeight - height)) : anchor.top - height}px`;
      element.style.right = `${document.documentElement.clientWidth - anchor.right}px`;
    };
    if (!element.matches(":popover-open")) element.showPopover();
    stay();
    element.querySelector("button")?.focus();
    const toggled = (event: ToggleEvent): void => { if (event.newState === "closed" && stepChanges.getState().menu?.step === step) stepChanges.setState({ menu: undefined }); };
    element.addEventListener("toggle", toggled);
    // Steps that arrive move the page.
    addEventListener("scroll", stay, { passive: true });
    addEventListener("resize", stay);
    return () => {
      element.removeEventListener("toggle", toggled);
      removeEventListener("scroll", stay);
      removeEventListener("resize", stay);
    };
  }, [step]);
  const perform = (change: Change): void => {
    stepChanges.setState({ menu: undefined });
    focusSteps();
    void appRun.change(change);
  };
  const another = mode === "base" ? words.baseAlone : temperature === 0 ? words.sameAgain : undefined;
  return (
    <div
      ref={box} popover="auto"
      className="inset-auto m-0 w-60 rounded-lg border border-border bg-raised p-1.5 text-ink shadow-lg"
    >
      <div
        id={menuId} role="menu" tabIndex={-1} aria-label={words.menu(index + 1)} aria-describedby={noteId}
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
          } else if (event.key === "Home" || event.key === "End") {
            event.preventDefault();
            [...event.currentTarget.querySelectorAll("button")].at(event.key === "Home" ? 0 : -1)?.focus();
          } else if (event.key === "Tab") close();
        }}
      >
        <MenuItem name={words.edit} off={elsewhere} onClick={() => {
          stepChanges.setState({ menu: undefined, editing: { run, step } });
          void appRun.stop();
        }} />
        <MenuItem name={words.askBase} off={elsewhere} why={mode === "draft" ? words.draftAlone : undefined} onClick={() => perform({ kind: "ask-base", step })} />
        <MenuItem name={words.draftAgain} off={elsewhere} why={another} onClick={() => perform({ kind: "draft-again", step })} />
        <MenuItem name={words.drop} off={elsewhere} onClick={() => perform({ kind: "drop", step })} />
      </div>
      <p id={noteId} className="border-t border-line px-2 pt-1.5 text-xs leading-snug text-quiet">
        {elsewhere ? words.elsewhere : running ? words.keepsStopped : words.keeps}
      </p>
    </div>
  );
}

type MenuItemProps = {
  readonly name: string;
  /** For the reason that the menu tells of all its items. */
  readonly off: boolean;
  /** Why this item is off. */
  readonly why?: string | undefined;
  readonly onClick: () => void;
};

function MenuItem({ name, off, why, onClick }: MenuItemProps) {
  const disabled = off || why !== undefined;
  return (
    <button
      type="button" role="menuitem" tabIndex={-1} aria-disabled={disabled} onClick={() => { if (!disabled) onClick(); }}
      className={`block w-full rounded px-2 py-1.5 text-start ${disabled ? "text-quiet" : "hover:bg-sunken"}`}
    >
      {name}
      {!off && why !== undefined && <span className="block text-xs">{why}</span>}
    </button>
  );
}
