import { useRun } from "../app-run.ts";
import { useWords } from "../words/use-words.ts";
import { useView, type ViewName } from "./view-address.ts";
import { views } from "./views.ts";

export function ViewLinks() {
  const words = useWords();
  const shown = useView();
  const solved = useRun(({ run }) => run?.header.id);
  if (views.length === 0) return null;
  const names: readonly ViewName[] = ["solve", ...views.map(({ name }) => name)];
  return (
    <nav aria-label={words.views.label} className="-mx-2 flex flex-wrap gap-x-1">
      {names.map((name) => (
        <a
          key={name}
          href={name === "solve" && solved !== undefined ? `#run=${solved}` : `#${name}`}
          aria-current={name === shown ? "page" : undefined}
          className="button-quiet aria-[current]:text-ink aria-[current]:font-semibold aria-[current]:underline aria-[current]:decoration-2 aria-[current]:underline-offset-8"
        >
          {words.views[name]}
        </a>
      ))}
    </nav>
  );
}
