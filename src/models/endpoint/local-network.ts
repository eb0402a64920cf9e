/** The browser's answer to whether this page may reach the local network (Chrome 142 and later ask the user); undefined where it does not ask. */
export type LocalNetworkPermission = () => Promise<PermissionState | undefined>;

export const localNetworkPermission: LocalNetworkPermission = async () => {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript's list of names is older than this one
    return (await navigator.permissions.query({ name: "local-network-access" as PermissionName })).state;
  } catch {
    return undefined;
  }
};

/** Whether an address lies on this machine or in its network, as far as the address tells. */
export function isLocalAddress(root: string): boolean {
  const host = /^https?:\/\/(\[[^\]]+\]|[^/:]+)/i.exec(root)?.[1]?.toLowerCase() ?? "";
  if (host === "localhost" || host.endsWith(".localhost") || host.endsWith(".local")) return true;
  if (/^\[(::1|f[cd][0-9a-f]{2}:.*|fe80:.*)\]$/.test(host)) return true;
  return /^(127|10)\.\d+\.\d+\.\d+$|^192\.168\.\d+\.\d+$|^169\.254\.\d+\.\d+$|^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/.test(host);
}

/** What to tell of a request that the browser may not have let out. */
export function localNetworkTrouble(root: string, state: PermissionState | undefined): string | undefined {
  if (!isLocalAddress(root)) return undefined;
  if (state === "denied") return `The browser does not let this page reach ${root}, which is in your local network. Allow “local network access” for this page in the browser's site settings, then try again.`;
  if (state === "prompt") return `The browser asks before this page may reach ${root}, which is in your local network. Answer its question with “allow”, then try again.`;
  return undefined;
}
