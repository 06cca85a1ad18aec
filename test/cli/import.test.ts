import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ImportCommandOptions } from "../../src/cli/import-command.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { planText } from "../../src/trace/plan-file.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { SAMPLES } from "../trace/importing.ts";
import { emptyFolder, fileIn, listing, run } from "./run.ts";

// As built, for the shipped workloads are found from there.
const { importCommand } = (await import(
  pathToFileURL(resolve("dist/src/cli/import-command.js")).href
)) as typeof import("../../src/cli/import-command.ts");

const DEFAULTS = {
  format: "azure-2021",
  runtime: "python3.12",
  allowBadRows: false,
  oneThread: false,
  cv: 0.1,
  failures: 0,
};

const sample = (name: string) => join(SAMPLES, name);

test("a power-tuning result and a definition come to a plan in three commands", async () => {
  const folder = emptyFolder();
  const page = readFileSync(join(SAMPLES, "../../docs/formats.md"), "utf8").replaceAll("\\\n", " ");
  const commands = [...page.matchAll(/^wisefuse (.+)$/gm)].map((match) => match[1]!.split(/\s+/));
  const three = commands.slice(0, 3);
  expect(three.map(([verb]) => verb)).toEqual(["import", "import", "plan"]);
  for (const args of three) {
    const full = args.map((arg) => arg.replace("traces/samples", SAMPLES));
    const { code, stdout, stderr } = await run(full, folder);
    expect(stderr).not.toContain("bug");
    expect(code).toBe(0);
    if (args[0] === "plan") {
      expect(stdout).toMatch(/^plan for thumbnails on aws-lambda-2024\n/);
      expect(stdout).toContain("assumed of the workload, not measured:");
      expect(stdout).not.toContain("stages.Scale.compute");
    }
  }
  const workload = parseWorkload(readFileSync(join(folder, "thumbnails.yaml"), "utf8"));
  expect(workload.profile["Scale"]!.compute.kind).toBe("measured");
  expect(workload.provenance).toContainEqual({
    path: "stages.Scale.compute",
    tag: "derived",
    source: "mean at each size; lognormal with CoV 0.1, which is assumed",
  });
});

test("formats is a table of at most 80 columns that names every format", async () => {
  const { code, stdout } = await run(["formats"], emptyFolder());
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines[0]).toMatch(
    /^format +graph +fan-out +durations +scaling +cold start +bytes +arrivals$/,
  );
  expect(lines.find((line) => line.startsWith("azure-2021"))).toMatch(
    /^azure-2021 +- +- +y +- +- +- +y$/,
  );
  expect(lines.indexOf("")).toBe(16);
});

describe("import", () => {
  test("unpacks gzip by what it holds, and gives the same workload", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "w.json"), gzipSync(readFileSync(sample("wfformat-1.5.json"))));
    const packed = await run(["import", "wfformat", "w.json"], folder);
    const plain = await run(["import", "wfformat", sample("wfformat-1.5.json")], folder);
    const body = (text: string) => text.replace(/source: WfFormat.*\n( +.*\n)?/, "");
    expect(body(packed.stdout)).toBe(body(plain.stdout));
    expect(parseWorkload(packed.stdout).workflow.stages).toHaveLength(6);
  });

  test("of broken gzip is the file's fault", async () => {
    const folder = emptyFolder();
    const whole = gzipSync(readFileSync(sample("azure-2021.csv")));
    const path = join(folder, "a.csv.gz");
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    const output = join(folder, "out");
    await expect(importCommand({ ...DEFAULTS, files: [path], output })).rejects.toThrow(
      `${path}: cannot read: broken gzip: Z_BUF_ERROR`,
    );
    expect(listing(folder)).toEqual(["a.csv.gz"]);
  });

  test("writes a population as a folder, whole or not at all, and never over another", async () => {
    const folder = emptyFolder();
    const args = ["import", "azure-2021", sample("azure-2021.csv"), "-o", "out"];
    const { code, stdout } = await run(args, folder);
    expect([code, stdout]).toEqual([0, "3 workloads in out\n"]);
    const names = readdirSync(join(folder, "out"));
    for (const name of names) parseWorkload(readFileSync(join(folder, "out", name), "utf8"));
    expect(names).toHaveLength(3);
    const before = listing(folder);
    const again = { ...DEFAULTS, files: [sample("azure-2021.csv")], output: join(folder, "out") };
    await expect(importCommand(again)).rejects.toThrow("expected a new or empty folder");
    const many = { ...again, output: join(folder, "many.yaml") };
    await expect(importCommand(many)).rejects.toThrow(
      "azure-2021 gives more than one workload here",
    );
    const text = "M1,1,j_1,1,Terminated,1,2,1,1\nM1,1,j_2,1,Terminated,2,x,1,1\n";
    const bad = { format: "alibaba-2018", files: [fileIn(emptyFolder(), "b.csv", text)] };
    const jobs = { ...DEFAULTS, ...bad, output: join(folder, "jobs") };
    await expect(importCommand(jobs)).rejects.toThrow("1 of 2 rows cannot be used");
    expect(listing(folder)).toEqual(before);
  });

  test("names an option that it does not have", async () => {
    const { code, stderr } = await run(["import", "asl", "m.json", "--itms", "3"], emptyFolder());
    expect([code, stderr]).toEqual([2, 'unknown argument "itms"; did you mean "items"?\n']);
  });

  // Within this process: a start of the command line for each takes a second.
  test.each<[string, readonly string[], Partial<ImportCommandOptions>, string]>([
    ["wfformt", ["x"], {}, 'unknown format "wfformt"; did you mean "wfformat"?'],
    ["asl", ["none.json"], {}, "none.json: cannot read: no such file"],
    ["asl", ["."], {}, ".: cannot read: is a folder"],
    [
      "asl",
      ["m"],
      { items: "x" },
      '--items: expected a number, or pairs such as "State=3", got "x"',
    ],
    ["asl", ["m"], { unroll: 0 }, "--unroll: expected a whole number of at least 1, got 0"],
    ["asl", ["m"], { failures: 1 }, "--failures: expected a chance from 0 to below 1, got 1"],
    ["asl", ["m"], { output: "w.json" }, "-o: expected a .yaml file or a folder, got w.json"],
    ["asl", ["m"], { cv: -1 }, "--cv: expected at least 0, got -1"],
    [
      "asl",
      ["m"],
      { arrivals: "poison:1/s" },
      '--arrivals: unknown arrivals "poison:1/s"; known: once, poisson:<rate>/s (or /m, /h), closed:<runs in flight>, timer:<period>, bursty:…, diurnal:…, trace:<file>',
    ],
    ["asl", ["m"], { merge: "B=video-analytics" }, '--merge: unknown stage "B"; did you mean "A"?'],
    [
      "asl",
      ["m"],
      { merge: "A=video-analytics" },
      "--merge: video-analytics has 3 stages; name one as A=<file>#<stage>, of split, extract, classify",
    ],
    [
      "asl",
      ["m"],
      { merge: "video-analytics" },
      "--merge: video-analytics has no stage of the graph: split, extract, classify; write <stage>=video-analytics with a stage of A",
    ],
  ])("%s %j %j is refused in a line", async (format, files, changed, message) => {
    const machine = '{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true}}}';
    const m = fileIn(emptyFolder(), "m.json", machine);
    const given = files.map((file) => (file === "m" ? m : file));
    await expect(importCommand({ ...DEFAULTS, format, files: given, ...changed })).rejects.toThrow(
      expect.objectContaining({ name: "InputError", message }) as Error,
    );
  });

  test("merges a stage of a workload with several into a stage of another name", async () => {
    const folder = emptyFolder();
    fileIn(folder, "m.json", '{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true}}}');
    const args = ["import", "asl", "m.json", "--merge", "A=video-analytics#classify"];
    const { stdout } = await run(args, folder);
    const { profile, provenance } = parseWorkload(stdout);
    expect(profile["A"]!.initCpuMs).toBe(4600);
    expect(provenance.map((entry) => entry.path)).toContain("stages.A.compute.maxVcpus");
  });
});

test("simulate --spans writes what import reads", async () => {
  const folder = emptyFolder();
  const file = sample("thumbnails.yaml");
  const { workflow } = parseWorkload(readFileSync(file, "utf8"));
  fileIn(folder, "plan.json", planText(unfusedPlan(workflow, () => 1769)));
  const args = ["simulate", file, "--plan", "plan.json", "--runs", "20", "--spans"];
  expect((await run([...args, "s.csv"], folder)).code).toBe(0);
  const { stdout } = await run(["import", "run-csv", "s.csv"], folder);
  expect(parseWorkload(stdout).workflow.stages).toHaveLength(3);
  const wrong = await run([...args, "s.txt"], folder);
  expect(wrong.stderr).toBe("--spans: expected a .csv or .json file, got s.txt\n");
});
