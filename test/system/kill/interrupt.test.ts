import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf } from "../../cli/killing.ts";
import { emptyFolder, ended, fileIn, run, start } from "../../cli/run.ts";

// The second task waits for a file, so that the run is in the middle for as long as the test wants.
const EXPERIMENT = `
import { existsSync } from "node:fs";

const nothing = new Int32Array(new SharedArrayBuffer(4));
const rows = (task) => {
  while (task === "b" && !existsSync("go")) Atomics.wait(nothing, 0, 0, 20);
  return [];
};
export const experiment = {
  name: "waiting", question: "What if somebody is in a hurry?", workloads: [],
  platforms: ["ideal"], policies: [], sizings: [], objectives: () => [], runs: 1, warmupRuns: 0,
  seed: "s", studies: [{ name: "parts", tasks: ["a", "b", "c"], rows }], usualSeconds: 1, figures: [],
};
`;

const ARGS = ["experiment", "waiting.mjs", "--jobs", "1", "--quiet", "-o", "out"];

const inFolder = (folder: string): string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
};

test.concurrent.each([[["SIGINT"]], [["SIGTERM"]], [["SIGINT", "SIGINT"]]] as const)(
  "%j stops a run in order: nothing half-written, the lock released, and --resume ends with the same bytes",
  async (signals) => {
    const folder = emptyFolder();
    fileIn(folder, "waiting.mjs", EXPERIMENT);
    const child = start(ARGS, folder);
    const end = ended(child);
    while (!inFolder(join(folder, "out")).some((name) => name.endsWith(".study")))
      await new Promise((done) => setTimeout(done, 10));
    for (const signal of signals) child.kill(signal);
    const { code, stdout, stderr } = await end;
    expect([code, stdout]).toEqual([130, ""]);
    if (signals.length === 1)
      expect(stderr).toBe("interrupted: 1 of 3 tasks are kept; --resume goes on\n");
    const left = inFolder(join(folder, "out"));
    expect(left.filter((name) => /\.part$|\.lock/.test(name))).toEqual([]);
    fileIn(folder, "go", "");
    const resumed = await run([...ARGS, "--resume"], folder);
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    const resumedFiles = contentsOf(join(folder, "out"));
    await run(ARGS, folder);
    expect(contentsOf(join(folder, "out"))).toEqual(resumedFiles);
  },
  120_000,
);
