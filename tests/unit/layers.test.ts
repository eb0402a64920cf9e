import { execFile } from "node:child_process";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Lints one file of these words as if it stood at this place in the project, and returns what the lint says. */
async function lint(place: string, words: string, folder: string): Promise<string> {
  const file = join(folder, place);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, words);
  return new Promise((resolve) => {
    execFile(join(root, "node_modules/.bin/oxlint"), ["-c", ".oxlintrc.json", place], { cwd: folder }, (_, out) => resolve(out));
  });
}

describe("the layers, held by the lint", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(root, "node_modules", ".layers-"));
    await symlink(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ["src/reasoning/a.ts", "../models/wllama/open-wllama-draft.ts"],
    ["src/reasoning/b.ts", "../app/stores/x.ts"],
    ["src/reasoning/c.ts", "node:fs"],
    ["src/models/d.ts", "./endpoint/connect-endpoint.ts"],
    ["src/models/endpoint/e.ts", "../../reasoning/reason.ts"],
    ["src/runs/f.ts", "../app/words/en.ts"],
    ["src/simulate/g.ts", "../models/endpoint/connect-endpoint.ts"],
    ["src/local-base/h.ts", "../models/base-model.ts"],
    ["src/app/i.ts", "../local-base/local-base.ts"],
  ])("%s may not import %s", async (place, imported) => {
    expect(await lint(place, `import { x } from "${imported}";\nexport const y = x;\n`, folder)).toContain("no-restricted-imports");
  });

  test.each([
    ["src/app/j.ts", "../reasoning/reason.ts"],
    ["src/reasoning/k.ts", "../models/base-model.ts"],
    ["src/simulate/l.ts", "../reasoning/reason.ts"],
  ])("%s may import %s", async (place, imported) => {
    expect(await lint(place, `import { x } from "${imported}";\nexport const y = x;\n`, folder)).not.toContain("no-restricted-imports");
  });
});
