import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { startLeashed, untilAnswers } from "./leashed.ts";
import { nginxCommand } from "./nginx-command.ts";
import { installed, packages } from "./packages.ts";
import type { Served } from "./servers.ts";

/** What stands before replicas and chooses one for each request. */

/** vLLM's own router; by the session's header it keeps a run on one replica. */
export async function startRouter(replicas: readonly string[], { corsAllowedOrigins = [], port: wanted }: { readonly corsAllowedOrigins?: readonly string[]; readonly port?: number } = {}): Promise<Served> {
  const venv = await installed(packages.vllmRouter);
  const [port, metricsPort] = [wanted ?? (await freePort()), await freePort()];
  const process = startLeashed({
    name: "vllm-router",
    command: join(venv, "bin", "vllm-router"),
    args: [
      "--worker-urls", ...replicas, "--policy", "consistent_hash", "--host", "127.0.0.1", "--port", String(port), "--prometheus-port", String(metricsPort),
      ...(corsAllowedOrigins.length === 0 ? [] : ["--cors-allowed-origins", ...corsAllowedOrigins]),
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(process, `${url}/health`, 120);
  return { url, port, process };
}

const nginxConfig = (folder: string, replicas: readonly string[], bySession: number, inTurn: number): string => {
  const servers = replicas.map((url) => `server ${new URL(url).host};`).join(" ");
  const site = (port: number, upstream: string): string => `
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://${upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
      proxy_next_upstream error timeout non_idempotent;
    }
  }`;
  return `
daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `  ${kind}_temp_path ${folder}/${kind};`).join("\n")}
  upstream by_session { hash $http_x_session_id consistent; ${servers} }
  upstream in_turn { ${servers} }${site(bySession, "by_session")}${site(inTurn, "in_turn")}
}
`;
};

/** nginx; at `url` it hashes the session's header, at `inTurnPort` it takes the replicas in turn. */
export async function startNginx(replicas: readonly string[], { port: wanted }: { readonly port?: number } = {}): Promise<Served & { readonly inTurnPort: number }> {
  const command = nginxCommand();
  const [port, inTurnPort] = [wanted ?? (await freePort()), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "specreason-nginx-"));
  mkdirSync(join(folder, "logs"));
  const config = join(folder, "nginx.conf");
  writeFileSync(config, nginxConfig(folder, replicas, port, inTurnPort));
  const process = startLeashed({ name: "nginx", command, args: ["-p", folder, "-e", "stderr", "-c", config] });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(process, `${url}/health`, 60);
  return { url, port, process, inTurnPort };
}
