/** A sweep on a real Slurm of two nodes, one of which dies in the middle of a shard. */

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSameResults } from "../../same-results.ts";
import { output, until } from "../commands.ts";

const HERE = resolve("test/system/slurm");
const MAIN = resolve("dist/src/cli/main.js");
const SIZE = ["--policies", "unfused,sonic,wisefuse", "--slo", "16s,18s,20s,24s", "--runs", "3000"];
const SHARDS = 4;

const folder = mkdtempSync(join(tmpdir(), "wisefuse-slurm-"));
const sweep = join(folder, "sweep");
const cluster = { SLURM_CONF: join(folder, "slurm/slurm.conf") };
const slurm = (command: string, ...args: readonly string[]) => output(command, args, cluster);
const wisefuse = (...args: readonly string[]) => output(process.execPath, [MAIN, ...args]);

beforeAll(async () => {
  const nodes = await output(join(HERE, "up.sh"), [join(folder, "slurm"), "2"]);
  expect(nodes).toBe("n1 idle\nn2 idle");
});

afterAll(async () => {
  await output(join(HERE, "down.sh"), [join(folder, "slurm")]);
  rmSync(folder, { recursive: true, force: true });
});

test("a sweep survives the death of a node and collects to the bytes of a local run", async () => {
  await wisefuse("experiment", "ml-pipeline", ...SIZE, "--quiet", "-o", join(folder, "local"));
  await wisefuse("sweep", "plan", "ml-pipeline", ...SIZE, "--shards", `${SHARDS}`, "-o", sweep);
  const [array, collect] = (await slurm(join(sweep, "slurm.sh"))).split(" ");

  const victim = await until("a shard of n2 is half done", 120, async () => {
    const running = await slurm("squeue", "-h", "-t", "R", "-w", "n2", "-o", "%A %K");
    const [job, shard] = running.split(" ");
    if (job === undefined || shard === undefined) return undefined;
    const { done, total } = progressOf(Number(shard));
    return done > 0 && done < total ? { job, shard: Number(shard), done } : undefined;
  });
  killNode("n2");
  const { done, total } = progressOf(victim.shard);
  expect(done).toBeLessThan(total);

  await until("the shard is queued again", 120, async () => {
    const job = await slurm("scontrol", "show", "job", victim.job);
    return job.includes("Restarts=1") ? true : undefined;
  });
  // By itself it would wait for two minutes more. And the node comes back.
  await slurm("scontrol", "update", `JobId=${victim.job}`, "StartTime=now");
  await slurm("slurmd", "-N", "n2", "-f", cluster.SLURM_CONF);
  await until("everything has ended", 300, async () => {
    const left = await slurm("squeue", "-h", "-j", `${array},${collect}`, "-o", "%i").catch(
      () => "",
    );
    return left === "" ? true : undefined;
  });

  const log = readFileSync(join(sweep, `logs/${array}_${victim.shard}.log`), "utf8");
  expect(log).toContain(`shard ${victim.shard}/${SHARDS}: ${total} tasks, ${done} were there`);
  const said = readFileSync(join(sweep, "logs/collect.log"), "utf8");
  expect(existsSync(join(sweep, "results/cells.csv")), said).toBe(true);
  expectSameResults(join(folder, "local"), join(sweep, "results"));

  const before = storeOf();
  const again = await slurm("sbatch", "--parsable", "--wait", join(sweep, "slurm-array.sh"));
  expect(again).toMatch(/^\d+$/);
  expect(storeOf()).toEqual(before);
});

test("the same shards run under GNU parallel", async () => {
  const before = storeOf();
  const [removed] = before.keys();
  rmSync(join(sweep, "tasks", removed!));
  const said = await output(join(sweep, "parallel.sh"), [], { OUT: join(folder, "parallel") });
  expect(said).toContain("1 run in");
  expect([...storeOf().keys()]).toEqual([...before.keys()]);
  expectSameResults(join(folder, "local"), join(folder, "parallel"));
});

/** Files of finished tasks and their digests. */
function storeOf(): ReadonlyMap<string, string> {
  const files = readdirSync(join(sweep, "tasks")).filter((name) => name.endsWith(".cell"));
  return new Map(
    files.toSorted().map((name) => [name, digest(readFileSync(join(sweep, "tasks", name)))]),
  );
}

/** How many tasks of a shard are on disk, by the names in the manifest. */
function progressOf(shard: number): { done: number; total: number } {
  const { shards } = JSON.parse(readFileSync(join(sweep, "sweep.json"), "utf8")) as {
    shards: { tasks: string[] }[];
  };
  const { tasks } = shards[shard - 1]!;
  const there = tasks.filter((name) =>
    existsSync(join(sweep, "tasks", `${digest(name).slice(0, 32)}.cell`)),
  );
  return { done: there.length, total: tasks.length };
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Ends the daemon of a node and everything that its jobs run there, as a loss of power would. */
function killNode(node: string): void {
  const daemon = Number(readFileSync(join(folder, `slurm/slurmd-${node}.pid`), "utf8"));
  const ours = processes().filter(
    ({ environment }) =>
      environment.includes(`SLURMD_NODENAME=${node}`) &&
      environment.includes(`SLURM_CONF=${cluster.SLURM_CONF}`),
  );
  expect(ours.length).toBeGreaterThan(0);
  const keepers = ours.map(({ parent }) => parent).filter((id) => nameOf(id) === "slurmstepd");
  for (const id of new Set([daemon, ...keepers, ...ours.map((one) => one.id)]))
    process.kill(id, "SIGKILL");
}

function processes(): { id: number; parent: number; environment: string[] }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        const parent = Number(/^PPid:\s*(\d+)/m.exec(status)![1]);
        return [{ id: Number(name), parent, environment }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function nameOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
