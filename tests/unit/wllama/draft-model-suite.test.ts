import { describe, expect, test } from "vitest";
import { draftModelSuite } from "../../support/draft-model-suite.ts";
import { draftModelFaults, scriptedSubject } from "../../support/scripted-draft-model.ts";

describe("the scripted draft model passes the acceptance suite", () => {
  test.each(draftModelSuite.map(({ title, check }) => [title, check] as const))("%s", async (_title, check) => {
    await check(scriptedSubject());
  });
});

describe("the acceptance suite notices a model that", () => {
  test.each(draftModelFaults)("%s", async (fault) => {
    const failures: string[] = [];
    for (const { title, check } of draftModelSuite) await check(scriptedSubject(fault)).catch((error: unknown) => failures.push(`${title}: ${String(error)}`));
    expect(failures).not.toEqual([]);
  });
});
