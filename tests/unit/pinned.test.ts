import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import * as v from "valibot";

const packages = v.object({ dependencies: v.record(v.string(), v.string()), devDependencies: v.record(v.string(), v.string()), overrides: v.record(v.string(), v.record(v.string(), v.string())) });
const lock = v.object({ packages: v.record(v.string(), v.object({ integrity: v.optional(v.string()), inBundle: v.optional(v.boolean()) })) });

test("every dependency is pinned to one version, and every package of the lock file to its content", async () => {
  const { dependencies, devDependencies, overrides } = v.parse(packages, JSON.parse(await readFile("package.json", "utf8")));
  const versions = [...Object.entries(dependencies), ...Object.entries(devDependencies), ...Object.values(overrides).flatMap((inner) => Object.entries(inner))];
  expect(versions.length).toBeGreaterThan(20);
  for (const [name, version] of versions) expect(version, name).toMatch(/^(?:npm:[\w-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  const { packages: locked } = v.parse(lock, JSON.parse(await readFile("package-lock.json", "utf8")));
  const loose = Object.entries(locked).filter(([path, { integrity, inBundle }]) => path !== "" && inBundle !== true && integrity === undefined).map(([path]) => path);
  expect(loose).toEqual([]);
  // The page's own dependencies are few: what is added here is read by someone first.
  expect(Object.keys(dependencies).length).toBeLessThanOrEqual(16);
});
