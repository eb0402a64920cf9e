import { describe, expect, test } from "vitest";
import { markdownTable } from "../../../src/evaluate/report.ts";
import { summarise } from "../../../src/evaluate/statistics.ts";
import { arithmetic, openPair } from "../../bench/evaluate-pair.ts";

describe("200 arithmetic problems with the embedded pair", () => {
  test("both models together are right far more often than the draft model, and the more often the higher the threshold", { timeout: 600_000 }, async () => {
    const before = process.cpuUsage();
    const problems = await arithmetic();
    const pair = await openPair({ together: 4, remember: true });
    try {
      const rows = summarise(await pair.evaluate({ problems: 200, seed: 1, samples: 1, modes: ["draft", "base", "sync", "auto"], thresholds: [7] }, problems));
      const sweep = summarise(await pair.evaluate({ problems: 200, seed: 1, samples: 1, modes: ["sync"], thresholds: [1, 3, 5, 7, 8] }, problems));
      const { user, system } = process.cpuUsage(before);
      console.log(`\n${markdownTable(rows, false)}\n\nMode sync over the thresholds:\n\n${markdownTable(sweep, false)}\n\n${Math.round((user + system) / 1e6)} s of CPU\n`);
      const [draft, base, sync, auto] = rows;
      expect(rows.map(({ mode, runs }) => [mode, runs])).toEqual([["draft", 200], ["base", 200], ["sync", 200], ["auto", 200]]);
      expect(base?.accuracy).toBeGreaterThan(0.95);
      for (const both of [sync, auto]) {
        expect(both?.interval.low).toBeGreaterThan(draft?.interval.high ?? 1);
        expect(both?.accuracy).toBeGreaterThan((base?.accuracy ?? 1) - 0.12);
      }
      // The paper's loop corrects, and no more than is rejected.
      expect(sync?.baseTokens).toBeLessThan(0.3 * (base?.baseTokens ?? 0));
      // Beyond 8 this base model accepts nothing and writes all itself, which takes too long here: `npm run evaluate` has that.
      const [lowest, ...higher] = sweep;
      // Nearly nothing is rejected at 1, and what then stands is the draft model's own.
      expect(Math.abs((lowest?.accuracy ?? 0) - (draft?.accuracy ?? 1))).toBeLessThan(0.05);
      for (const [index, { accuracy, acceptance = 0 }] of higher.entries()) {
        // Sums differ in their last digits from machine to machine, and with them a few samples.
        expect(accuracy).toBeGreaterThan((sweep[index]?.accuracy ?? 1) - 0.03);
        expect(acceptance).toBeLessThan((sweep[index]?.acceptance ?? 0) + 0.02);
      }
    } finally {
      await pair.close();
    }
  });
});
