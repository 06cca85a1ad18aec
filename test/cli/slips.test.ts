/** Slips at the command line that once ended in a trace, a wrong table or a file left behind. */

import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { emptyFolder, fileIn, listing, piped, run } from "./run.ts";

const SMALL = ["experiment", "ml-pipeline", "--runs", "5", "--quiet"];

/** One line on stderr, exit code 2, nothing on stdout, nothing written. */
async function refused(args: readonly string[], folder = emptyFolder()): Promise<string> {
  const before = listing(folder);
  const { code, stdout, stderr } = await run(args, folder);
  expect(stderr).not.toMatch(/ {4}at |bug of wisefuse/);
  expect([code, stdout]).toEqual([2, ""]);
  expect(listing(folder)).toEqual(before);
  return stderr.trimEnd();
}

test("an option given twice is refused by name", async () => {
  expect(await refused(["plan", "ml-pipeline", "--slo", "5s", "--slo", "6s"])).toBe(
    "--slo: expected once, got more",
  );
  expect(await refused([...SMALL, "--seed", "a", "--seed", "b"])).toContain("--seed");
});

test("plan takes one objective, and says so", async () => {
  expect(await refused(["plan", "ml-pipeline", "--slo", "5s,6s"])).toBe(
    "--slo: expected one value, got 2",
  );
});

test("a count beyond memory is refused", async () => {
  const args = ["simulate", "ml-pipeline", "--policy", "unfused", "--runs", "1e12"];
  expect(await refused(args)).toContain("--runs: expected at most");
});

test("an unknown command or option is answered with what the command knows", async () => {
  expect(await refused(["simulat", "ml-pipeline"])).toBe(
    'unknown command "simulat"; did you mean "simulate"?',
  );
  expect(await refused(["simulate", "ml-pipeline", "--arival", "once"])).toContain('"arrivals"?');
  expect(await refused(["figures", "--slo", "2s"])).toContain("figures takes no options");
  expect(await refused(["plan", "ml-pipeline", "--slo", "-5s"])).toContain("negative value");
});

test("an output path that cannot be is refused and leaves nothing behind", async () => {
  const folder = emptyFolder();
  fileIn(folder, "file", "");
  mkdirSync(`${folder}/taken`);
  const sweep = [...SMALL, "--policies", "unfused", "--slo", "20s", "--out", "file/x"];
  expect(await refused(sweep, folder)).toContain("cannot write");
  const plan = ["plan", "ml-pipeline", "--policy", "unfused", "-o", "taken"];
  expect(await refused(plan, folder)).toBe("taken: cannot write: is a folder");
});

test("an experiment file that does not load, or is incomplete, is its writer's to mend", async () => {
  const folder = emptyFolder();
  fileIn(folder, "broken.mjs", "export const = 1");
  fileIn(folder, "bare.mjs", 'export const experiment = { name: "bare" };');
  fileIn(folder, "video-analytics.ts", "");
  expect(await refused(["experiment", "broken.mjs"], folder)).toMatch(/^broken\.mjs: cannot be l/);
  expect(await refused(["experiment", "bare.mjs"], folder)).toContain(
    "experiment.question: missing",
  );
  expect(await refused(["experiment", "video-analytics.ts"], folder)).toContain("experiments/*.ts");
});

test("a value listed twice counts once", async () => {
  const args = [...SMALL, "--policies", "unfused,unfused", "--slo", "20s,20s", "--json"];
  const { code, stdout } = await run(args, emptyFolder());
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { sizing: string }[]).map((row) => row.sizing)).toEqual([
    "tuned",
    "default",
  ]);
});

test("closing the pipe early is not an error", async () => {
  const folder = emptyFolder();
  const script = `"${process.execPath}" "$0" plan ml-pipeline --policy unfused | head -1`;
  const { code, stdout, stderr } = await piped(script, folder);
  expect(code).toBe(0);
  expect(stdout).toBe("plan for ml-pipeline on aws-lambda-2024\n");
  expect(stderr).toBe("");
});
