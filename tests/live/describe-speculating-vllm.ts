import { expect, it } from "vitest";
import { describeServer } from "./describe-server.ts";
import { report } from "./report.ts";
import { runningRequests, startVllm } from "./servers/servers.ts";

/**
 * Speculation at both levels: our steps over a vLLM that itself speculates token by token.
 * vLLM 0.32.0 on a CPU writes noise at every temperature above 0 while it speculates, which "Test connection" says; so everything is asked at 0 here.
 */
export function describeSpeculatingVllm(name: string, speculation: "draft_model" | "ngram"): void {
  describeServer({
    name,
    start: (options) => startVllm({ ...options, speculation }),
    lacks: ["sampling"],
    // Where the few tokens asked for are not speculated on, they are drawn as they should be.
    ...(speculation === "ngram" ? { seldomShown: ["sampling"] } : {}),
    running: runningRequests,
    policy: { temperature: 0 },
    short: true,
    notes: ["asked at temperature 0: above it, vLLM 0.32.0 on a CPU writes noise while it speculates"],
    also: (page) => {
      it("shows beside the run how many of the server's own drafted tokens were accepted", async () => {
        const summary = page().getByRole("region", { name: "Run summary" });
        await expect.poll(() => summary.innerText(), { timeout: 30_000 }).toContain("Speculation on the server");
        const shown = /Drafted tokens accepted\s+(\S+ ?%)/.exec(await summary.innerText())?.[1];
        expect(shown).toBeDefined();
        report({ server: name, notes: [`shown beside the last run: ${shown ?? ""} of the server's own drafted tokens accepted`] });
      });
    },
  });
}
