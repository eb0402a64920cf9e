import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png",
  ".webmanifest": "application/manifest+json", ".gguf": "application/octet-stream", ".jsonl": "application/jsonl",
};

/** A plain static host of the built page, in a folder of it: no endpoint, no headers of isolation. @param folder begins and ends with "/" */
export async function startStaticHost(folder = "/") {
  let build = 1;
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://host").pathname;
    // What is asked for beside the folder is nobody's.
    const pathname = asked.startsWith(folder) ? asked.slice(folder.length - 1) : "/not/here";
    const path = normalize(join(dist, pathname === "/" ? "index.html" : pathname));
    void (async () => {
      try {
        if (!path.startsWith(dist)) throw new Error("outside");
        const bytes = await readFile(path);
        response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
        // A new build differs at least in what its service worker lists.
        if (pathname === "/service-worker.js" && build > 1) response.end(`${bytes.toString("utf8").replaceAll(/\{[^{}]*katex[^{}]*\},?/g, "")}\n// build ${build}`);
        else response.end(bytes);
      } catch {
        response.statusCode = 404;
        response.end("not here");
      }
    })();
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    address: `http://localhost:${port}${folder}`,
    publishNewBuild: (): void => { build += 1; },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
    },
  };
}
