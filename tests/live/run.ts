import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const usage = `BASE_URL=http://… npm run test:live
  BASE_MODEL   the model's name; the first one the server lists where absent
  BASE_KEY     the key, where the server wants one
`;

const { BASE_URL: url, BASE_MODEL: model, BASE_KEY: key } = process.env;
if (url === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}
const root = fileURLToPath(new URL("../..", import.meta.url));
const { status } = spawnSync(process.execPath, [`${root}node_modules/vitest/vitest.mjs`, "run", "--config", "tests/live/vitest.config.ts"], {
  cwd: root,
  stdio: "inherit",
  // Under other names: Vite takes BASE_URL for its own and overwrites it.
  env: { ...process.env, LIVE_URL: url, ...(model === undefined ? {} : { LIVE_MODEL: model }), ...(key === undefined ? {} : { LIVE_KEY: key }) },
});
process.exit(status ?? 1);
