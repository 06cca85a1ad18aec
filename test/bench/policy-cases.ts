/** The full physics of real workloads under every main policy, and one very wide workflow. */

import { readFileSync } from "node:fs";
import { parsePlan, parseWorkload, platformNamed, type Scenario } from "../../src/index.ts";
import { type BenchCase, simulated } from "./case.ts";
import { wideWorkflow } from "./workloads.ts";

const MAIN = ["unfused", "faastlane", "photons", "sonic", "orion", "wisefuse"] as const;
const WIDE_TASKS = 1695;
/** The experiment whose plans are run: the judged decisions of each policy at one budget. */
const PLANS = "../../../results/ml-pipeline/plans/ml-pipeline.aws-lambda-2024";
const DECISION = "tuned.latency.p95.budget-0.0075.seed-wisefuse.json";

function mlPipeline(): Scenario {
  const file = new URL("../../../traces/ml-pipeline.yaml", import.meta.url);
  const { workflow, profile, arrivals } = parseWorkload(readFileSync(file, "utf8"), file.pathname);
  return {
    workflow,
    profile,
    platform: platformNamed("aws-lambda-2024"),
    arrivals: arrivals ?? { kind: "poisson", perSecond: 0.1 },
  };
}

/** Cases in the order of their tables. */
export const policyCases: readonly BenchCase[] = [
  ...MAIN.map(
    (policy): BenchCase => ({
      name: `ml-pipeline-${policy}`,
      family: "ml-pipeline on aws-lambda-2024",
      unit: "workflows",
      work: () => {
        const scenario = mlPipeline();
        const file = new URL(`${PLANS}.${policy}.${DECISION}`, import.meta.url);
        const plan = parsePlan(readFileSync(file, "utf8"), file.pathname);
        return simulated(scenario, plan, { runs: 20_000, unitsPerRun: 1 });
      },
    }),
  ),
  {
    name: "wide-1695",
    family: "1,695 tasks, most in three wide levels, aws-lambda-2024",
    unit: "tasks",
    work: () => {
      const { scenario, plan } = wideWorkflow();
      return simulated(scenario, plan, { runs: 200, unitsPerRun: WIDE_TASKS });
    },
  },
];
