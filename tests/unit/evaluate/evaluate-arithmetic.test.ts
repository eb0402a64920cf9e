import { describe, expect, test } from "vitest";
import { markdownTable } from "../../../src/evaluate/report.ts";
import { summarise } from "../../../src/evaluate/statistics.ts";
import { arithmetic, openPair } from "../../bench/evaluate-pair.ts";

// Takes minutes: run with EVALUATE=1, or as `npm run evaluate`.
describe.skipIf(process.env["EVALUATE"] === undefined)("200 arithmetic problems with the embedded pair", () => {
  test("both models together are right far more often than the draft model, and nearly as often as the base model", { timeout: 600_000 }, async () => {
    const problems = await arithmetic();
    const pair = await openPair();
    try {
      const rows = summarise(await pair.evaluate({ problems: 200, seed: 1, samples: 1, modes: ["draft", "base", "sync", "auto"], thresholds: [7] }, problems));
      const sweep = summarise(await pair.evaluate({ problems: 20, seed: 1, samples: 1, modes: ["sync"], thresholds: [1, 5, 9] }, problems));
      console.log(`\n${markdownTable(rows)}\n\nThreshold sweep, 20 problems:\n\n${markdownTable(sweep)}\n`);
      const [draft, base, sync, auto] = rows;
      expect(rows.map(({ mode, runs }) => [mode, runs])).toEqual([["draft", 200], ["base", 200], ["sync", 200], ["auto", 200]]);
      for (const together of [sync, auto]) {
        expect(together?.interval.low).toBeGreaterThan(draft?.interval.high ?? 1);
        expect(together?.accuracy).toBeGreaterThan((base?.accuracy ?? 1) - 0.15);
      }
      // The paper's loop corrects, and no more than is rejected.
      expect(sync?.baseTokens).toBeLessThan(0.3 * (base?.baseTokens ?? 0));
      // Nearly everything passes at 1.
      expect(sweep[0]?.acceptance).toBeGreaterThan(sweep.at(-1)?.acceptance ?? 1);
    } finally {
      await pair.close();
    }
  });
});
