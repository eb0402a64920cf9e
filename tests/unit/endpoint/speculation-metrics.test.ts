import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { speculationBetween, speculationCounts } from "../../../src/models/endpoint/speculation-metrics.ts";

const metrics = (model: string, drafts: number, drafted: number, accepted: number, places: readonly number[], engine = 0): string => `
# HELP vllm:spec_decode_num_drafts_total Number of spec decoding drafts.
# TYPE vllm:spec_decode_num_drafts_total counter
vllm:spec_decode_num_drafts_total{engine="${engine}",model_name="${model}"} ${drafts}.0
vllm:spec_decode_num_draft_tokens_total{engine="${engine}",model_name="${model}"} ${drafted}.0
vllm:spec_decode_num_accepted_tokens_total{engine="${engine}",model_name="${model}"} ${accepted}.0
${places.map((count, place) => `vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="${engine}",model_name="${model}",position="${place}"} ${count.toExponential()}`).join("\n")}
vllm:spec_decode_num_drafts_created{engine="${engine}",model_name="${model}"} 1.795574e+09
`;

describe("speculation on the server", () => {
  it("is read of all engines of one model", () => {
    const text = metrics("base", 10, 50, 46, [10, 9]) + metrics("base", 5, 25, 4, [3, 1], 1) + metrics("another", 1000, 5000, 1, [1, 0]);
    expect(speculationCounts(text, "base")).toEqual({ drafts: 15, draftedTokens: 75, acceptedTokens: 50, acceptedAt: [13, 10] });
  });

  it("is read of everything where the model has another name among the labels", () => {
    expect(speculationCounts(metrics("/models/base", 2, 10, 8, [2, 2]), "base")?.acceptedTokens).toBe(8);
  });

  it("is absent where the server does not speculate", () => {
    const names = readFileSync(new URL("../../support/recordings/vllm-0.32.0/metrics-names.txt", import.meta.url), "utf8");
    expect(speculationCounts(names.split("\n").map((name) => `${name}{engine="0"} 1.0`).join("\n"), "arithmetic-base")).toBeUndefined();
    expect(speculationCounts("", "base")).toBeUndefined();
    expect(speculationCounts("<!doctype html>", "base")).toBeUndefined();
  });

  it("of a run is what lies between two readings", () => {
    const before = speculationCounts(metrics("base", 10, 50, 10, [10, 0]), "base");
    const after = speculationCounts(metrics("base", 30, 150, 102, [29, 18]), "base");
    if (before === undefined || after === undefined) throw new Error("unread");
    const { acceptance, meanAcceptedLength, acceptanceAt } = speculationBetween(before, after) ?? {};
    expect(acceptance).toBeCloseTo(0.92, 12);
    expect(meanAcceptedLength).toBeCloseTo(1 + 92 / 20, 12);
    expect(acceptanceAt).toEqual([19 / 20, 18 / 20]);
    expect(speculationBetween(after, after)).toBeUndefined();
  });

  it("counts from zero after the server restarted", () => {
    const before = { drafts: 100, draftedTokens: 500, acceptedTokens: 400, acceptedAt: [100] };
    expect(speculationBetween(before, { drafts: 10, draftedTokens: 20, acceptedTokens: 10, acceptedAt: [10] })?.acceptance).toBe(0.5);
  });
});
