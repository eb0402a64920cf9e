import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Against real servers, one file after the other: `npm run test:live`. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/live/**/*.test.ts"],
    fileParallelism: false,
    // In one process: who kills it ends the servers, too, which hang on its pipes.
    pool: "threads",
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // As in a browser test's: what passed the second time only is named.
    retry: 1,
    reporters: ["default"],
  },
});
