import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readManifest, recordedCommand } from "../../src/cli/manifest-file.ts";
import { compareResults } from "../../src/cli/results-differences.ts";
import { emptyFolder, fileIn, run } from "./run.ts";

const STORED = resolve("results/ml-pipeline");

// Without the digests: what is changed here is to be found by running it again.
function copy(): string {
  const folder = emptyFolder();
  cpSync(STORED, folder, { recursive: true, filter: (from) => !from.endsWith("SHA256SUMS") });
  return folder;
}

function change(path: string, from: RegExp | string, to: string): void {
  const text = readFileSync(path, "utf8");
  expect(text.replace(from, to)).not.toBe(text);
  writeFileSync(path, text.replace(from, to));
}

test("two copies of results are the same, all of them or those of two policies", async () => {
  const { differences, cells, plans, figures } = await compareResults(STORED, copy(), undefined);
  expect(differences).toEqual([]);
  expect([cells, plans, figures].every((count) => count > 3)).toBe(true);
  const some = await compareResults(
    STORED,
    copy(),
    (row) => row["policy"] === "unfused" || row["policy"] === "sonic",
  );
  expect(some.cells).toBeLessThan(cells);
  expect(some.differences).toEqual([]);
  expect(some.plans).toBe(2 * some.cells);
});

test("a changed number is named by its cell and column, a changed plan by its file and line", async () => {
  const again = copy();
  change(join(again, "cells.csv"), /,2000,2000,0,/, ",2000,1999,1,");
  const plan = readdirSync(join(again, "plans")).find((name) => name.endsWith(".json"))!;
  change(join(again, "plans", plan), '"memoryMb": ', '"memoryMb": 1');
  const { differences } = await compareResults(STORED, again, undefined);
  expect(differences[0]).toMatch(
    /^cells\.csv: cell ml-pipeline\.\S+, column completed: 2000 stored, 1999 now$/,
  );
  expect(differences[1]).toMatch(/^cells\.csv differs, from line 2$/);
  expect(differences[2]).toMatch(new RegExp(`^plans/${plan} differs, from line \\d+$`));
  expect(differences.length).toBe(3);
});

test("the command is read back from the manifest, values with blanks too", () => {
  const folder = copy();
  const manifest = readManifest(folder);
  const command = "wisefuse compare my flow.yaml --slo 20s,30s --seed two words --seeds 3 --quick";
  expect(recordedCommand({ ...manifest, command }, folder)).toEqual({
    verb: "compare",
    subject: "my flow.yaml",
    options: new Map([
      ["slo", "20s,30s"],
      ["seed", "two words"],
      ["seeds", "3"],
      ["quick", ""],
    ]),
  });
  expect(() => recordedCommand({ ...manifest, command: "rm -rf /" }, folder)).toThrow(
    /manifest\.json: command: expected wisefuse experiment or compare, got "rm -rf \/"/,
  );
});

test("inputs that have changed, and folders without a manifest, are refused before anything runs", async () => {
  const folder = copy();
  change(join(folder, "manifest.json"), /"sha256": "[0-9a-f]{4}/, '"sha256": "0000');
  const changed = await run(["verify", folder], folder);
  expect([changed.code, changed.stdout]).toEqual([2, ""]);
  expect(changed.stderr).toMatch(
    /manifest\.json: inputs: traces\/ml-pipeline\.yaml has changed: sha256 0000/,
  );
  const none = await run(["verify", "nowhere"], folder);
  expect([none.code, none.stdout]).toEqual([2, ""]);
  fileIn(folder, "manifest.json", "{");
  const broken = await run(["verify", folder], folder);
  expect(broken.code).toBe(2);
  expect(broken.stderr).not.toMatch(/bug of wisefuse/);
});

test("cells drawn by a seed come out as stored, and what is not the same is named", async () => {
  const folder = copy();
  const draw = ["verify", folder, "--sample", "2", "--seed", "x", "--quiet"];
  const same = await run(draw, folder);
  expect([same.code, same.stderr]).toEqual([0, ""]);
  expect(same.stdout).toBe(
    `${folder}: 2 of 66 tasks drawn by "x": 2 cells, 4 plans: the same bytes\n`,
  );
  change(join(folder, "cells.csv"), /,2000,2000,0,/g, ",2000,1999,1,");
  const other = await run(draw, folder);
  expect(other.code).toBe(4);
  expect(other.stdout).toMatch(
    /2 differences\n( {2}cells\.csv: cell ml-pipeline\.\S+, column completed: 1999 stored, 2000 now\n){2}made by /,
  );
}, 120_000);
