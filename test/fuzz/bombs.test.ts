/** Inputs that are small and mean something large: they are refused before that is built. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { emptyFolder } from "../cli/run.ts";
import { EXAMPLE } from "../trace/example.ts";
import { refusalOf } from "../trace/refusal.ts";

async function lengthOf(path: string): Promise<number> {
  let length = 0;
  for await (const piece of traceFileAt(path).chunks()) length += piece.length;
  return length;
}

test("a gzip file that unpacks to more than 200 times its size is refused on the way", async () => {
  const folder = emptyFolder();
  const file = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), gzipSync(bytes));
    return join(folder, name);
  };
  await expect(lengthOf(file("bomb.gz", Buffer.alloc(60_000_000, "\n")))).rejects.toThrow(
    /bomb\.gz: unpacks to more than 200 times its size/,
  );
  // What unpacks to 16 MB and less is read, whatever its ratio.
  expect(await lengthOf(file("small.gz", Buffer.alloc(1_000_000, "\n")))).toBe(1_000_000);
});

test("counts beyond 2^53 are refused where they would be rounded", () => {
  expect(EXAMPLE).toMatch(/workers: 3\b/);
  const text = EXAMPLE.replace(/workers: 3\b/, "workers: 9007199254740993");
  expect(refusalOf(() => parseWorkload(text, "w.yaml")).message).toMatch(
    /workers: must be at most 9007199254740991, got 9007199254740993/,
  );
});
