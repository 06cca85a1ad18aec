/**
 * The same bytes whatever runs them. Other versions of Node are named in WISEFUSE_NODES, separated by colons:
 * they are too large for every install, and .ci/run fetches them into a folder of their own.
 */

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { contentsOf } from "../../cli/killing.ts";
import { emptyFolder, ended, type Outcome, run } from "../../cli/run.ts";
import { measured } from "../../trust/figures.ts";

const MAIN = resolve("dist/src/cli/main.js");
const NODES = (process.env["WISEFUSE_NODES"] ?? "").split(":").filter((path) => path !== "");
const QUICK = ["experiment", "ml-pipeline", "--quick", "--quiet"];

const folder = emptyFolder();

function runWith(node: string, args: readonly string[]): Promise<Outcome> {
  return ended(spawn(node, [MAIN, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] }));
}

/** What must be the same: tables, plans, specifications and SVGs; pictures and runs too. */
const made = (out: string) => contentsOf(join(folder, out));

describe("a quick experiment", () => {
  let reference: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const { code, stderr } = await run([...QUICK, "--out", "reference"], folder);
    expect([code, stderr]).toEqual([0, ""]);
    reference = made("reference");
    expect([...reference.keys()]).toContain("cells.csv");
  }, 600_000);

  test.each([1, 2, 3])("with %i threads makes the same bytes", async (jobs) => {
    const out = `jobs-${jobs}`;
    const { code } = await run([...QUICK, "--jobs", String(jobs), "--out", out], folder);
    expect(code).toBe(0);
    expect(made(out)).toEqual(reference);
  });

  test.skipIf(NODES.length === 0)(
    "under every Node of WISEFUSE_NODES makes the same bytes",
    async () => {
      for (const [i, node] of NODES.entries()) {
        const { code, stderr } = await runWith(node, [...QUICK, "--out", `node-${i}`]);
        expect([node, code, stderr]).toEqual([node, 0, ""]);
        expect(made(`node-${i}`)).toEqual(reference);
      }
      const versions = NODES.map((node) => execFileSync(node, ["--version"]).toString().trim());
      measured({ nodes: [process.version, ...versions], filesCompared: reference.size });
    },
  );

  test("is drawn anew from its tables, twice over what is there, to the same bytes", async () => {
    const results = join(folder, "results");
    mkdirSync(results);
    cpSync(join(folder, "reference"), join(results, "ml-pipeline"), { recursive: true });
    const drawn = ["figures/latency-cdf.svg", "figures/plans.svg", "report.html"];
    for (const name of drawn) rmSync(join(results, "ml-pipeline", name));
    for (let time = 0; time < 2; time++) {
      expect((await run(["figures", "ml-pipeline"], folder)).code).toBe(0);
      expect(made("results/ml-pipeline")).toEqual(reference);
    }
  });

  test("is verified by running it again, and what was changed in it is found", async () => {
    const { code, stdout } = await run(["verify", "reference", "--quiet"], folder);
    expect(stdout).toMatch(/^reference: \d+ cells, \d+ plans, \d+ figures: the same bytes\n$/);
    expect(code).toBe(0);
  });
});
