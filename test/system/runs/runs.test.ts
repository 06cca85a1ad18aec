import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { emptyFolder, ended, start } from "../../cli/run.ts";

const RUNS = 2_000_001;
// A table of all of them in memory would be 300 MB beside what the program needs.
const PEAK_KB_MAX = 300_000;

test("more than a million runs are kept, in memory that does not grow with them", async () => {
  const folder = emptyFolder();
  const workload = resolve("traces/samples/thumbnails.yaml");
  const args = ["simulate", workload, "--policy", "unfused", "--runs", `${RUNS}`, "-o", "out"];
  const child = start(args, folder);
  let peakKb = 0;
  const timer = setInterval(() => {
    const status = textOf(`/proc/${child.pid}/status`);
    peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
  }, 100);
  const { code, stdout } = await ended(child);
  clearInterval(timer);
  expect(code).toBe(0);
  expect(stdout).toContain("quantiles of more than 1000000 runs are within 0.1 % of exact ones");
  const table = tableFromIPC(readFileSync(join(folder, "out/runs.arrow")));
  expect(table.numRows).toBe(RUNS);
  const run = table.getChild("run")!;
  for (let i = 0; i < RUNS; i += 997) expect(run.get(i)).toBe(i);
  expect(peakKb).toBeGreaterThan(0);
  expect(peakKb).toBeLessThan(PEAK_KB_MAX);
});

// The process may end between two looks.
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
