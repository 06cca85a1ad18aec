/** How time and memory grow: with runs, with VMs at once, with workers a stage, with stages. */

import { type BenchCase, simulated } from "./case.ts";
import { AWS, forkJoin, IDEAL, keepAlive, line, poisson } from "./workloads.ts";

const RUNS = [1e3, 1e4, 1e5, 1e6, 1e7];
const VMS = [10, 100, 1e3, 1e4, 1e5];
const WORKERS = [1, 4, 16, 64, 256, 1024, 4096];
const STAGES = [3, 10, 30, 100, 300, 1000];
const BUSY_SECONDS = 1.991;

// What a run costs as there are more of them shows only once the compiler has done its work.
const RUNS_WARM_UP = 1_000_000;

// About as many workers in all, however they are spread.
const WORKERS_IN_ALL = 1_000_000;

/** Cases in the order of their tables. */
export const growthCases: readonly BenchCase[] = [
  ...RUNS.map(
    (runs): BenchCase => ({
      name: `runs-${runs}`,
      family: "runs of one function kept alive, 10/s",
      unit: "calls",
      long: runs > 1e6,
      work: () =>
        simulated(...partsOf(keepAlive(10)), {
          runs,
          unitsPerRun: 1,
          warmUpUnits: RUNS_WARM_UP,
        }),
    }),
  ),
  ...VMS.map(
    (vms): BenchCase => ({
      name: `vms-${vms}`,
      family: "VMs at once, one function kept alive",
      unit: "calls",
      work: () =>
        simulated(...partsOf(keepAlive(vms / BUSY_SECONDS)), { runs: 1e6, unitsPerRun: 1 }),
    }),
  ),
  ...WORKERS.map(
    (workers): BenchCase => ({
      name: `workers-${workers}`,
      family: "workers a stage, 3 stages, aws-lambda-2024, no limit",
      unit: "workers",
      work: () => {
        const unitsPerRun = 3 * workers;
        const { concurrency } = IDEAL.platform;
        const endless = { ...AWS, platform: { ...AWS.platform, concurrency } };
        const runs = Math.ceil(WORKERS_IN_ALL / unitsPerRun);
        return simulated(...partsOf(forkJoin(endless, 160 / workers, workers)), {
          runs,
          unitsPerRun,
        });
      },
    }),
  ),
  ...STAGES.map(
    (stages): BenchCase => ({
      name: `stages-${stages}`,
      family: "stages of one worker, aws-lambda-2024",
      unit: "workers",
      work: () => {
        const widths = Array.from({ length: stages }, () => 1);
        const chain = line(widths, { exponential: { mean: 1000 } }, AWS, poisson(100 / stages));
        const runs = Math.ceil(WORKERS_IN_ALL / 3 / stages);
        return simulated(...partsOf(chain), { runs, unitsPerRun: stages });
      },
    }),
  ),
];

function partsOf({ scenario, plan }: ReturnType<typeof keepAlive>) {
  return [scenario, plan] as const;
}
