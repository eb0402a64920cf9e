import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Against real servers, one file after the other: `npm run test:live`. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/live/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ["default"],
  },
});
