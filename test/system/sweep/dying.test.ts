/** Tasks that end the thread they run on, in every way a thread can end. */

import { spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf } from "../../cli/killing.ts";
import { emptyFolder, ended, fileIn, MAIN, type Outcome } from "../../cli/run.ts";

// A what-if is code of the experiment that a thread runs for each of its cells.
const EXPERIMENT = `
import { existsSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const ends = {
  nothing: () => {},
  exit: () => process.exit(0),
  exitCode: () => process.exit(7),
  thrown: () => { throw new Error("within"); },
  outside: () => queueMicrotask(() => { throw new Error("without"); }),
  rejected: () => { Promise.reject(new Error("unheard")); },
  memory: () => { for (const all = []; ; ) all.push(new Array(1e5).fill(Math.random())); },
};

export const experiment = {
  name: "dying", question: "What if a thread dies?", workloads: ["ml-pipeline"],
  platforms: ["aws-lambda-2024"], policies: ["unfused"], sizings: ["tuned"],
  variations: Object.entries(ends).map(([name, end]) => ({
    name, level: null,
    scenario: (given) => {
      if (!isMainThread && !existsSync("mended")) end();
      return given;
    },
  })),
  objectives: (workload) => [{ minimize: "cost", quantile: 0.95, latencyMsMax: 20000 }],
  runs: 60, warmupRuns: 0, seed: "s", usualSeconds: 1, figures: [],
};
`;

// The engine's own limit, small so that it is soon reached.
const HEAP = "--max-old-space-size=250";

function dying(folder: string, args: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, NODE_OPTIONS: HEAP };
  const command = [MAIN, "experiment", "dying.mjs", "--quiet", ...args];
  return ended(spawn(process.execPath, command, { cwd: folder, env }));
}

test.each(["1", "2"])(
  "with --jobs %s, cells that end their threads are named, the others are kept, and --resume ends with the same bytes",
  async (jobs) => {
    const folder = emptyFolder();
    fileIn(folder, "dying.mjs", EXPERIMENT);
    const args = ["--jobs", jobs, "-o", "out"];
    const { code, stdout, stderr } = await dying(folder, args);
    expect([code, stdout]).toEqual([1, ""]);
    const failures = new Map(
      Array.from(stderr.matchAll(/^failed: ml-pipeline\S*\.(\w+)\.seed-s: (.*)$/gm), (found) => [
        found[1],
        found[2],
      ]),
    );
    expect(failures.get("exit")).toBe("ended its thread with exit code 0");
    expect(failures.get("exitCode")).toBe("ended its thread with exit code 7");
    expect(failures.get("thrown")).toBe("Error: within");
    expect(failures.get("outside")).toBe("Error: without");
    expect(failures.get("memory")).toMatch(
      /^out of memory: it needs more than the \d+ MB that a thread may fill$/,
    );
    expect(failures.get("rejected")).toBe("Error: unheard");
    expect(failures.size).toBe(6);
    expect(stderr).toContain("1 of 7 tasks are kept; --resume goes on");
    expect(readdirSync(join(folder, "out"))).toEqual([".partial"]);

    writeFileSync(join(folder, "mended"), "");
    const whole = await dying(folder, ["-o", "whole"]);
    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    const resumed = await dying(folder, [...args, "--resume"]);
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    expect(contentsOf(join(folder, "out"))).toEqual(contentsOf(join(folder, "whole")));
  },
);
