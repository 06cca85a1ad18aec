/** The full physics of real workloads under every main policy, and one very wide workflow. */

import { readFileSync } from "node:fs";
import { parseWorkload, platformNamed, policies, type Scenario } from "../../src/index.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { type BenchCase, simulated } from "./case.ts";
import { wfFormatShape } from "./workloads.ts";

const MAIN = ["unfused", "faastlane", "photons", "sonic", "orion", "wisefuse"] as const;
const WFFORMAT_TASKS = 1695;

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
        const { plan } = policies[policy]({
          scenario,
          objective: { minimize: "latency", quantile: 0.95, costUsdMax: 1 },
          sizing: "tuned",
          model: scenarioModel(scenario, 64, "bench"),
        });
        return simulated(scenario, plan, { runs: 20_000, unitsPerRun: 1 });
      },
    }),
  ),
  {
    name: "wfformat-1695",
    family: "1,695 tasks in two wide levels, aws-lambda-2024",
    unit: "tasks",
    work: () => {
      const { scenario, plan } = wfFormatShape();
      return simulated(scenario, plan, { runs: 200, unitsPerRun: WFFORMAT_TASKS });
    },
  },
];
