/** Results folders, compared byte by byte. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** Asserts that two results folders hold the same files with the same bytes, those of times apart. */
export function expectSameResults(one: string, other: string): void {
  const files = listing(one);
  expect(files).toContain("cells.csv");
  expect(files).toContain("manifest.json");
  expect(listing(other)).toEqual(files);
  for (const name of files.filter((file) => file !== "timings.json"))
    expect(readFileSync(join(other, name)).equals(readFileSync(join(one, name))), name).toBe(true);
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted();
}
