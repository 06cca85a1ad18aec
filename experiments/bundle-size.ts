/** ORION's bundle sweep on Video Analytics: memory grows with the bundle until the largest VM caps it. */

import { bundleCurve } from "../src/figure/level-curve.ts";
import type { Experiment } from "../src/harness/experiment.ts";
import { levelTable } from "../src/result/level-table.ts";
import { unfusedPlan } from "../src/plan/plan.ts";

/** Memory per worker in ORION's bundling manager, MB. */
const BASE_MB = 1472;
/** Divisors of 30 workers that fit the largest VM. */
const LEVELS = [1, 2, 3, 5, 6, 10];

export const experiment: Experiment = {
  name: "bundle-size",
  question: "How many workers should share a VM when memory grows with the bundle up to 10,240 MB?",
  workloads: ["video-analytics"],
  platforms: ["aws-lambda-2022"],
  policies: [],
  sizings: ["default"],
  objectives: () => [],
  fixedPlans: (workload) =>
    LEVELS.map((level) => ({
      variation: "bundle",
      level,
      plan: ({ platform }) => {
        const plan = unfusedPlan(workload.workflow, () => BASE_MB);
        const memoryMb = Math.min(platform.memory.maxMb, BASE_MB * level);
        return {
          ...plan,
          groups: plan.groups.map((group) =>
            group.stages.includes("classify")
              ? { ...group, workersPerVm: level, memoryMb, isolation: "processes" as const }
              : group,
          ),
        };
      },
    })),
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 5,
  // Policies that a user adds have no level.
  table: ({ cells }) => levelTable(cells.filter((row) => row.level !== null)),
  figures: [
    {
      name: "bundle-size",
      caption: "How do latency and cost change with the number of workers that share a VM?",
      draw: ({ cells }) => bundleCurve(cells),
    },
  ],
};
