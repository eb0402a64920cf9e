const roots = "home|root|Users|tmp|var|opt|work|mnt|srv|data|usr|private|workspace|models?";
/** A path of a machine; its last part stays, it is the model's or the script's name. */
const unixPath = new RegExp(`(?<![\\w.:/<-])/(?:${roots})(?:/[^\\s"'\\\\/<>,;:)]+)+`, "g");
const windowsPath = /\b[A-Za-z]:\\(?:[^\s"'\\]+\\)*([^\s"'\\]+)/g;
const address = /\b(https?:\/\/)(?!page\.test\b)[^\s"'/\\<>)]+/g;
const bareHost = /\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?\b/g;
const secret = /\b(?:sk|hf|pk)[-_][A-Za-z0-9_-]{8,}/g;

export type Secrets = {
  readonly key?: string;
  /** Names of the server's and this machine. */
  readonly hosts: readonly string[];
  /** The page's origin that was sent in place of https://page.test. */
  readonly origin?: string;
};

/** Takes keys, hosts and paths out of a text. */
export function withoutSecrets(text: string, { key, hosts, origin }: Secrets): string {
  let clean = text;
  if (origin !== undefined) clean = clean.replaceAll(origin, "https://page.test");
  if (key !== undefined && key !== "") clean = clean.replaceAll(key, "<key>");
  clean = clean.replaceAll(secret, "<key>").replaceAll(address, "$1<host>");
  for (const host of hosts) clean = clean.replaceAll(new RegExp(`(?<![\\w.-])${host.replaceAll(/[^\w]/g, "\\$&")}(?![\\w-])`, "g"), "<host>");
  return clean
    .replaceAll(bareHost, "<host>")
    .replaceAll(unixPath, (path) => path.slice(path.lastIndexOf("/") + 1))
    .replaceAll(windowsPath, "$1");
}

/** The same for every text inside a value, names of fields included. */
export function anonymous(value: unknown, secrets: Secrets): unknown {
  if (typeof value === "string") return withoutSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((one) => anonymous(one, secrets));
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [withoutSecrets(name, secrets), anonymous(one, secrets)]));
  return value;
}
