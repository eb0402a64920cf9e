import { type Counts, type FileResults, inWords, noCounts, sumOf } from "./counts.ts";
import { NotToBeHad } from "./servers/packages.ts";

export type Server = {
  readonly what: string;
  /** Installs what is not there yet. @throws NotToBeHad */
  readonly needs: () => Promise<unknown>;
  /** Its test file; one that several share starts what they have in common once. */
  readonly file: string;
  /** Title of its tests in a file that is shared. */
  readonly title?: string;
};

export type Trying = {
  readonly runTests: (file: string, names: readonly string[]) => Promise<FileResults>;
  /** Why the first thing to fail in a server's start failed, where its tests did not even begin. */
  readonly notStarted: (names: readonly string[]) => string | undefined;
  /** Why all is over before its end; a clause. */
  readonly over: () => string | undefined;
  readonly now: () => number;
};

export type Tried = {
  readonly counts: Counts;
  /** What was not tried, cut off or not reached, and what failed. */
  readonly lines: readonly string[];
  /** Tests passed and failed, by server. */
  readonly suites: ReadonlyMap<string, string>;
  readonly times: readonly string[];
};

/** Tries the chosen servers in their order, those that share a file together. What cannot be installed is named; the others are tried all the same. */
export async function tryServers(servers: Readonly<Record<string, Server>>, chosen: readonly string[], { runTests, notStarted, over, now }: Trying): Promise<Tried> {
  let counts = noCounts;
  const [lines, times]: [string[], string[]] = [[], []];
  const suites = new Map<string, string>();
  const notToBeHad = new Map<string, string[]>();
  const notReached: string[] = [];
  let installing = 0;
  const toBeHad = async (name: string): Promise<boolean> => {
    const began = now();
    try {
      await servers[name]?.needs();
      return true;
    } catch (error) {
      if (!(error instanceof NotToBeHad)) throw error;
      notToBeHad.set(error.message, [...(notToBeHad.get(error.message) ?? []), name]);
      return false;
    } finally {
      installing += now() - began;
    }
  };

  for (const file of new Set(chosen.map((name) => servers[name]?.file))) {
    if (file === undefined) continue;
    const names: string[] = [];
    for (const name of chosen) {
      if (servers[name]?.file !== file) continue;
      if (over() !== undefined) notReached.push(name);
      else if (await toBeHad(name)) (over() === undefined ? names : notReached).push(name);
    }
    if (names.length === 0) continue;
    const began = now();
    const results = await runTests(file, names);
    times.push(`${names.join(" and ")} ${duration(now() - began)}`);
    counts = sumOf(counts, results.counts);
    for (const name of names) suites.set(name, inWords(servers[name]?.title === undefined ? results.counts : results.within(servers[name].title)));
    const { passed, failed, skipped } = results.counts;
    if (results.cutOff) lines.push(`${areOrIs(names, "cut off")} after ${passed + failed + skipped}${results.tests === undefined ? "" : ` of ${results.tests}`} tests, ${over() ?? ""}`);
    for (const title of results.again ?? []) lines.push(`passed the second time only: ${names.join(" and ")} › ${title}`);
    const failure = notStarted(names) ?? results.why;
    if (failure !== undefined) lines.push(`${names.join(" and ")} failed: ${failure}`);
  }
  for (const [why, names] of notToBeHad) lines.push(`${areOrIs(names, "not tried")}: ${why}`);
  if (notReached.length > 0) lines.push(`${areOrIs(notReached, "not reached")}, ${over() ?? ""}`);
  if (installing >= 1000) times.push(`installing ${duration(installing)}`);
  return { counts, lines, suites, times };
}

const areOrIs = (names: readonly string[], done: string): string => `${names.join(", ")} ${names.length === 1 ? "was" : "were"} ${done}`;

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
