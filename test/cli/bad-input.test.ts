import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, fileIn, listing, run } from "./run.ts";

const GOOD = readFileSync("traces/ml-pipeline.yaml", "utf8");

/** Bad input exits with 2, says one line per fault without a trace, and leaves the folder as it was. */
async function refused(args: readonly string[], folder: string): Promise<string> {
  const before = listing(folder);
  const { code, stdout, stderr } = await run(args, folder);
  expect(stderr).not.toMatch(/ {4}at |bug of wisefuse/);
  expect(stdout).toBe("");
  expect(code).toBe(2);
  expect(listing(folder)).toEqual(before);
  return stderr.trimEnd();
}

async function refusedWorkload(text: string): Promise<string> {
  const folder = emptyFolder();
  fileIn(folder, "w.yaml", text);
  return refused(["compare", "w.yaml", "--quick"], folder);
}

test("a broken YAML file is refused at its line", async () => {
  const message = await refusedWorkload(GOOD.replace("stages:", "stages: [unclosed"));
  expect(message).toMatch(/^w\.yaml:\d+:\d+: /);
});

test("a cycle is refused with its stages", async () => {
  const message = await refusedWorkload(
    GOOD.replace("edges:", "edges:\n  - { from: combine, to: pca, bytes: 1, shape: gather }"),
  );
  expect(message).toMatch(/cycle: .*pca.*combine/);
});

test("negative bytes are refused with the value", async () => {
  const message = await refusedWorkload(GOOD.replace("bytes: 3.65MB", "bytes: -3"));
  expect(message).toMatch(/^w\.yaml:\d+:\d+: .*bytes.*-3/);
});

test("a stage that fits no memory size is refused with what it needs", async () => {
  const message = await refusedWorkload(GOOD.replace("worker: 450", "worker: 20000"));
  expect(message).toMatch(/stages\.pca\.memoryMb: fits no memory size .*20250 MB.*10240/);
});

test("names that nobody knows are refused with the nearest one", async () => {
  const folder = emptyFolder();
  expect(await refused(["experiment", "video-analytcs"], folder)).toContain(
    'did you mean "video-analytics"?',
  );
  expect(await refused(["experiment", "ml-pipeline", "--policies", "wisefus"], folder)).toContain(
    'did you mean "wisefuse"?',
  );
  expect(
    await refused(["experiment", "ml-pipeline", "--platform", "aws-lambda-2023"], folder),
  ).toContain("unknown platform");
  expect(await refused(["plan", "ml-pipline"], folder)).toContain('did you mean "ml-pipeline"?');
  expect(await refused(["plan", "ml-pipeline", "--polcy", "x"], folder)).toContain(
    'did you mean "policy"?',
  );
});

test("objectives that mean nothing are refused by option", async () => {
  const folder = emptyFolder();
  expect(await refused(["plan", "ml-pipeline", "--slo", "fast"], folder)).toContain("--slo");
  expect(await refused(["plan", "ml-pipeline", "--slo", "0"], folder)).toContain("--slo");
  expect(await refused(["plan", "ml-pipeline", "--quantile", "1.5"], folder)).toContain(
    "--quantile",
  );
  const both = ["experiment", "ml-pipeline", "--slo", "1s", "--budget", "1"];
  expect(await refused(both, folder)).toContain("mutually exclusive");
});

test("an illegal plan is refused with every rule it breaks", async () => {
  const folder = emptyFolder();
  const plan = {
    schema: "wisefuse/plan@1",
    workflow: "ml-pipeline",
    groups: ["pca", "param-tune", "combine"].map((stage) => ({
      stages: [stage],
      workersPerVm: 1,
      memoryMb: stage === "pca" ? 100 : 512,
      concurrency: "all",
      isolation: "threads",
      assignment: "consecutive",
      prewarmMs: null,
    })),
    passing: { "pca->param-tune": "local", "param-tune->combine": "object-store" },
  };
  fileIn(folder, "plan.json", JSON.stringify(plan));
  const message = await refused(["simulate", "ml-pipeline", "--plan", "plan.json"], folder);
  expect(message).toContain("groups.0.memoryMb: expected 128 to 10240 MB");
  expect(message).toContain("groups.1.memoryMb: needs");
  expect(message).toContain("passing.pca->param-tune: local needs both ends in one group");
});

test("a plan of another workflow is refused by whose it is, first", async () => {
  const folder = emptyFolder();
  const args = ["plan", "video-analytics", "--policy", "unfused", "--slo", "1h", "-o", "p.json"];
  expect((await run(args, folder)).code).toBe(0);
  const message = await refused(["simulate", "ml-pipeline", "--plan", "p.json"], folder);
  expect(message).toMatch(
    /^p\.json: workflow: the plan is for "video-analytics", not for "ml-pipeline"\n/,
  );
});

test("a slip in the name of a file is answered with the file beside it", async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "mine"));
  for (const name of ["albums.yaml", "plan-a.json"]) fileIn(join(folder, "mine"), name, "");
  const hint = (name: string) => `did you mean "${join("mine", name)}"?`;
  const [slip, ending, plan, shipped] = await Promise.all([
    refused(["plan", "mine/albms.yaml"], folder),
    refused(["plan", "mine/albums"], folder),
    refused(["simulate", "ml-pipeline", "--plan", "mine/plan-b.json"], folder),
    refused(["plan", "ml-pipelin"], folder),
  ]);
  expect(slip).toBe(`no workload or file "mine/albms.yaml"; ${hint("albums.yaml")}`);
  expect(ending).toContain(hint("albums.yaml"));
  expect(plan).toContain(`cannot read: no such file; ${hint("plan-a.json")}`);
  expect(shipped).toContain('did you mean "ml-pipeline"?');
});

test("figures without results say how to get some", async () => {
  const folder = emptyFolder();
  expect(await refused(["figures"], folder)).toMatch(
    /^no results in .*results: run the experiment first, as in wisefuse experiment ml-pipeline$/,
  );
});

test("there is nothing to resume in an empty folder", async () => {
  const folder = emptyFolder();
  const args = ["experiment", "ml-pipeline", "--quick", "--resume"];
  expect(await refused(args, folder)).toContain("nothing to go on with");
});
