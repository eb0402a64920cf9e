import type { ReactNode } from "react";
import type { Author, Verdict } from "../../reasoning/run.ts";

const Symbol = ({ children, className = "" }: { readonly children: ReactNode; readonly className?: string }) => (
  <svg aria-hidden="true" viewBox="0 0 16 16" className={`size-4 shrink-0 ${className}`} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
    {children}
  </svg>
);

export const authorColour: Readonly<Record<Author, string>> = { draft: "text-edge", base: "text-cloud", reader: "text-ink" };

/** A device for the draft model, a cloud for the base model, a person for the reader. */
export function AuthorSymbol({ author, className = "" }: { readonly author: Author; readonly className?: string }) {
  if (author === "reader") return <Symbol className={className}><circle cx="8" cy="5" r="2.6" /><path d="M2.8 13.6a5.2 5.2 0 0 1 10.4 0" /></Symbol>;
  return author === "draft"
    ? <Symbol className={`${authorColour.draft} ${className}`}><rect x="3" y="2.5" width="10" height="8" rx="1.2" /><path d="M1.5 13.5h13" /></Symbol>
    : <Symbol className={`${authorColour.base} ${className}`}><path d="M4.6 12.5h6.9a2.9 2.9 0 0 0 .4-5.77A4 4 0 0 0 4.2 6.6a3 3 0 0 0 .4 5.9Z" /></Symbol>;
}

const verdictPaths: Readonly<Record<Verdict, ReactNode>> = {
  pending: <circle cx="8" cy="8" r="4.5" strokeDasharray="2.4 2.2" />,
  accepted: <path d="m3.5 8.5 3 3 6-7" />,
  corrected: <path d="M10.8 3.2 12.8 5.2 6 12H4v-2Z" />,
  edited: <path d="M9.5 3.5 12.5 6.5 6 13H3v-3ZM8.2 4.8l3 3" />,
  unverified: <path d="M5.8 6.2a2.3 2.3 0 1 1 3.3 2.1c-.7.3-1.1.8-1.1 1.5M8 12.3v.1" />,
};

export const VerdictSymbol = ({ verdict }: { readonly verdict: Verdict }) => <Symbol>{verdictPaths[verdict]}</Symbol>;

export const GearSymbol = () => (
  <Symbol><path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" /><circle cx="10" cy="4.5" r="1.8" /><circle cx="6" cy="11.5" r="1.8" /></Symbol>
);
export const UpSymbol = () => <Symbol><path d="M8 13V3M3.8 7.2 8 3l4.2 4.2" /></Symbol>;
export const PlusSymbol = () => <Symbol><path d="M8 3v10M3 8h10" /></Symbol>;
export const AlarmSymbol = () => <Symbol className="text-alarm"><path d="M8 2.2 14.4 13.3H1.6ZM8 6.5v3M8 11.4v.1" /></Symbol>;
export const DisclosureSymbol = () => <Symbol className="transition-transform group-open:rotate-90"><path d="m6 4 4 4-4 4" /></Symbol>;
