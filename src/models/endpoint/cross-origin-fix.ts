/** What lets a page of this origin read an endpoint's answers, by the port the server is known for. */
export function crossOriginFix(root: string, pageOrigin: string): string {
  const ownServer = "Or let the app's own server ask it: npm start -- --upstream " + root + ", and enter /base as the address.";
  return `${fixAtServer(root, pageOrigin)} ${ownServer}`;
}

function fixAtServer(root: string, pageOrigin: string): string {
  switch (portOf(root)) {
    case "11434":
      return `Start Ollama with OLLAMA_ORIGINS=${pageOrigin} in its environment.`;
    case "1234":
      return "Switch on CORS in LM Studio's developer settings (or: lms server start --cors).";
    default:
      return `Start vLLM with --allowed-origins '${JSON.stringify([pageOrigin])}' (other servers: allow the origin ${pageOrigin}).`;
  }
}

const portOf = (root: string): string | undefined => /:(\d+)(\/|$)/.exec(root)?.[1];
