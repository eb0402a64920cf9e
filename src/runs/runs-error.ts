/** What can go wrong with kept runs, beside full storage (ModelError "storage-full"). Closed: the page has words for each. */
export type RunsErrorKind =
  | "unavailable" // the browser gives this page no storage, or it failed; what is unsaved stays in memory
  | "newer-database" // written by a newer version of this app; untouched
  | "closed" // a newer version of this app in another tab needs the database, or close() was called
  | "missing" // no such run: deleted, or storage was cleared
  | "overtaken" // another tab has written to this run since it was loaded here
  | "bad-run-file" // not a run file, or of a newer version
  | "bad-link" // a share link that is cut short or changed
  | "too-large"; // a run too large for a link

/** Every failure of this room reaches the page as one of these or as ModelError "storage-full". The message is a sentence for the user that says what was kept and what to do. */
export class RunsError extends Error {
  override readonly name = "RunsError";
  readonly kind: RunsErrorKind;
  constructor(kind: RunsErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
