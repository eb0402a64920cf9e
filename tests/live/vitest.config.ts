import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Against real servers: `BASE_URL=… npm run test:live`. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tests/live/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ["default", ["json", { outputFile: "test-results/live.json" }]],
  },
});
