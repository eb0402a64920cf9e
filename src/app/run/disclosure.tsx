import type { ReactNode } from "react";
import { DisclosureSymbol } from "../frame/symbols.tsx";
import { useDisclosure } from "./disclosures.ts";

type DisclosureProps = {
  /** Unique on the page; the reader's choice is remembered under it. */
  readonly name: string;
  readonly title: ReactNode;
  readonly openAtFirst?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
};

export function Disclosure({ name, title, openAtFirst = false, className = "", children }: DisclosureProps) {
  const { open, toggle } = useDisclosure(name, openAtFirst);
  return (
    <details open={open} className={`group ${className}`}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events -- a summary is a button, Enter clicks it */}
      <summary onClick={toggle} className="-ms-1 inline-flex items-center gap-1 rounded px-1 text-[0.8125rem] text-quiet hover:text-ink">
        <DisclosureSymbol />
        {title}
      </summary>
      {open && children}
    </details>
  );
}
