import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { expectSameResults } from "../../same-results.ts";
import { emptyFolder, ended, fileIn, run, start } from "../../cli/run.ts";

const SIZE = ["--policies", "unfused,wisefuse", "--slo", "18s,20s", "--runs", "60"];

const tasksIn = (folder: string) =>
  readdirSync(join(folder, "sweep/tasks")).filter((name) => name.endsWith(".cell"));

test("shards on several machines, one of them killed, collect to the bytes of a local run", async () => {
  const folder = emptyFolder();
  const plan = ["sweep", "plan", "ml-pipeline", ...SIZE, "-o", "sweep", "--shards"];
  const [local, planned] = await Promise.all([
    run(["experiment", "ml-pipeline", ...SIZE, "--quiet", "-o", "local"], folder),
    run([...plan, "2"], folder),
  ]);
  expect(local.code, local.stderr).toBe(0);
  expect(planned.code, planned.stderr).toBe(0);
  expect(planned.stdout).toMatch(/^6 cells in 2 shards, about \d+ s of one core/);

  const all = ["sweep", "run", "sweep", "--quiet", "--jobs", "1"];
  const child = start(all, folder);
  const end = ended(child);
  while (tasksIn(folder).length < 2 && child.exitCode === null)
    await new Promise((done) => setTimeout(done, 2));
  child.kill("SIGKILL");
  await end;
  const kept = tasksIn(folder).length;
  expect(kept).toBeGreaterThanOrEqual(2);
  expect(kept).toBeLessThan(6);
  // What a process leaves that dies while it writes.
  writeFileSync(join(folder, "sweep/tasks/0123.cell.89abcdef.part"), "half a res");

  // Other shards of the same sweep: what is done stays done.
  await run([...plan, "3"], folder);
  const early = await run(["sweep", "collect", "sweep", "-o", "early"], folder);
  expect(early.code).toBe(2);
  expect(early.stderr).toMatch(/^sweep: shard \d\/3: [12] of 2 tasks missing: ml-pipeline\./);
  expect(existsSync(join(folder, "early"))).toBe(false);

  const job = parse(readFileSync(join(folder, "sweep/kubernetes.yaml"), "utf8")) as Job;
  const { completions, template } = job.spec;
  expect(completions).toBe(3);
  // Kubernetes gives each pod its index; the command of the file is run as it stands.
  fileIn(folder, "pod.sh", template.spec.containers[0]!.command[2]!.replace("/sweep ", "sweep "));
  const pods = [0, 1, 2].map((index) => {
    const PATH = `${folder}/sweep:${process.env["PATH"]}`;
    const env = { PATH, JOB_COMPLETION_INDEX: String(index) };
    return ended(spawn("sh", ["pod.sh"], { cwd: folder, env }));
  });
  const ran = await Promise.all(pods);
  expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ran[1]!.stdout).toMatch(/^shard 2\/3: 2 tasks, /);
  const again = await run([...all, "--shard", "3/3"], folder);
  expect(again.stdout).toMatch(/^shard 3\/3: 2 tasks, 2 were there, 0 run/);
  const collected = await run(["sweep", "collect", "sweep", "-o", "collected"], folder);
  expect(collected.code, collected.stderr).toBe(0);
  expect(collected.stdout).toBe(local.stdout);
  expectSameResults(join(folder, "local"), join(folder, "collected"));
}, 120_000);

interface Job {
  spec: { completions: number; template: { spec: { containers: { command: string[] }[] } } };
}

test("a sweep refuses another program, another sweep, and shards that are not there", async () => {
  const folder = emptyFolder();
  const plan = ["sweep", "plan", "ml-pipeline", ...SIZE, "--shards", "2", "-o", "sweep"];
  await run(plan, folder);
  const other = await run([...plan, "--seed", "x"], folder);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain("of another run");
  const shard = await run(["sweep", "run", "sweep", "--shard", "1/3"], folder);
  expect(shard.stderr).toBe("--shard: expected 1/2 to 2/2, got 1/3\n");
  const file = join(folder, "sweep/sweep.json");
  const text = readFileSync(file, "utf8");
  const changes = [
    ['"version": "[^"]*"', '"version": "0.0.0"'],
    ['"commit": "?\\w*"?', `"commit": "${"0".repeat(40)}"`],
    ['"build": "\\w*"', '"build": "0"'],
    ['"sha256": "\\w*"', '"sha256": "0"'],
  ] as const;
  const refusal = async (changed: readonly (typeof changes)[number][]) => {
    const broken = changed.reduce((all, [was, is]) => all.replace(new RegExp(was), is), text);
    writeFileSync(file, broken);
    const { code, stderr } = await run(["sweep", "collect", "sweep", "-o", "out"], folder);
    expect(code).toBe(2);
    return stderr;
  };
  const program = await refusal(changes.slice(0, 2));
  expect(program).toContain("version: planned with 0.0.0, here it is");
  expect(program).toContain("commit: planned with 0000");
  const inputs = await refusal(changes.slice(2));
  expect(inputs).toContain("build: planned with 0, here it is");
  expect(inputs).toContain("traces/ml-pipeline.yaml: planned with 0, here it is");
  rmSync(file);
  expect((await run(["sweep", "run", "sweep"], folder)).stderr).toContain("no such file");
}, 120_000);

test("a task that throws is named, the others go on, and only it is run again", async () => {
  const folder = emptyFolder();
  const file = fileIn(
    folder,
    "fragile.mjs",
    `import { existsSync } from "node:fs";
     const rows = (task) => {
       if (task === "b" && !existsSync("mended")) throw new Error("b is broken");
       return [];
     };
     export const experiment = {
       name: "fragile", question: "What if one breaks?", workloads: [], platforms: ["ideal"],
       policies: [], sizings: [], objectives: () => [], runs: 1, warmupRuns: 0, seed: "s",
       studies: [{ name: "parts", tasks: ["a", "b", "c", "d"], rows }], usualSeconds: 1, figures: [],
       table: ({ wallMs }) => [...wallMs.get("parts").keys()].join(" ") + "\\n",
     };`,
  );
  const args = ["experiment", file, "--jobs", "1", "-o", "out"];
  const broken = await run(args, folder);
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain("failed: parts/b: Error: b is broken");
  expect(broken.stderr).toContain("3 of 4 tasks are kept; --resume goes on");
  expect(readdirSync(join(folder, "out"))).toEqual([".partial"]);
  writeFileSync(join(folder, "mended"), "");
  const mended = await run([...args, "--resume"], folder);
  expect(mended.code, mended.stderr).toBe(0);
  expect(mended.stdout).toBe("a b c d\n");
}, 120_000);
