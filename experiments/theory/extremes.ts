/** The slowest of n lognormal workers, and Little's law over whole workflows of a real cloud. */

import { batchMeans, counted, exactly, type Family, pairs, ratioSample } from "./family.ts";
import { apart, cloud, customersOf, REPLICATIONS, scenarioOf, SERVICE_MS } from "./scenarios.ts";
import {
  checkPlan,
  type ExecutionPlan,
  fuse,
  platformNamed,
  randomWorkload,
  RUN_COLUMNS,
  type Scenario,
  simulateEach,
  type StageProfile,
  unfusedPlan,
} from "../../src/index.ts";
import { exp, ln, normalQuantile, power } from "../../src/stats/numeric.ts";

const CV = 0.4;
// A factor of mean 1 and sigma s has median e^(-s^2 / 2).
const noiseVariance = ln(1 + CV * CV);

interface Spread {
  readonly skew: Partial<StageProfile["skew"]>;
  readonly sigma: number;
  /** Sum of the variances of the logarithms, and of those of the factors whose mean is 1. */
  readonly variance: number;
  readonly unitMean: number;
}

// Where the spread comes from: the work itself, its content, noise, or all of them.
const SPREADS: Readonly<Record<string, Spread>> = {
  "work 0.2": { skew: {}, sigma: 0.2, variance: 0.04, unitMean: 0 },
  "work 1": { skew: {}, sigma: 1, variance: 1, unitMean: 0 },
  "content 0.5": { skew: { content: 0.5 }, sigma: 0, variance: 0.25, unitMean: 0.25 },
  noise: {
    skew: { noiseCv: CV },
    sigma: 0,
    variance: noiseVariance,
    unitMean: noiseVariance,
  },
  "all three": {
    skew: { content: 0.5, noiseCv: CV },
    sigma: 0.3,
    variance: 0.09 + 0.25 + noiseVariance,
    unitMean: 0.25 + noiseVariance,
  },
};

/** The largest of n lognormal times: its q-quantile is that of one worker at q^(1/n). */
export const slowestLognormal: Family = {
  name: "max of lognormals",
  quantity: "part of runs whose slowest worker is within the q-quantile of the formula",
  formula: "q, the quantile being exp(m + s z(q^(1/n)))",
  source: "F_max = F^n; David and Nagaraja, Order Statistics, 3rd ed., §2.1",
  settings: pairs(Object.keys(SPREADS), [2, 8, 64]).flatMap(([name, n]) =>
    [0.5, 0.95].map((q) => ({
      label: `${name}, n ${n}, P${100 * q}`,
      truth: exactly(q),
      observe: (seed: string, effort: number) => {
        const { skew, sigma, variance, unitMean } = SPREADS[name]!;
        const z = normalQuantile(power(q, 1 / n));
        const quantileMs = SERVICE_MS * exp(z * Math.sqrt(variance) - unitMean / 2);
        const cpuMs = sigma === 0 ? SERVICE_MS : { lognormal: { median: SERVICE_MS, sigma } };
        const scenario = scenarioOf(
          { work: { cpuMs, skew, workers: n } },
          [],
          cloud(),
          REPLICATIONS,
        );
        const runs = counted(n > 10 ? 6000 : 15_000, effort, 1000);
        return customersOf(scenario, apart(scenario), runs, seed).latencyMs.map((ms) =>
          ms <= quantileMs ? 1 : 0,
        );
      },
    })),
  ),
};

// A random workflow on a cloud with all its overheads; every third with some stages fused.
function randomScenario(i: number): { scenario: Scenario; plan: ExecutionPlan } {
  const { workflow, profile } = randomWorkload(`little ${i}`, {
    stages: 2 + (i % 5),
    fanOutMax: 6,
    bytesMax: 2e7,
  });
  const scenario: Scenario = {
    workflow,
    profile,
    platform: { ...platformNamed("aws-lambda-2024"), keepAliveMs: 5000 },
    arrivals: { kind: "poisson", perSecond: 0.5 },
  };
  let plan = unfusedPlan(workflow, () => 2048);
  for (let fused = 0; fused < i % 3; fused++)
    plan = [...fuse(plan, scenario)].find((one) => checkPlan(scenario, one).length === 0) ?? plan;
  return { scenario, plan };
}

const ARRIVE = RUN_COLUMNS.indexOf("arriveMs");
const FINISH = RUN_COLUMNS.indexOf("finishMs");
const LATENCY = RUN_COLUMNS.indexOf("latencyMs");
const LOOK_MS = 97;

/**
 * Little's law: what is in flight, as found by looking every LOOK_MS, is the rate times the logged latency.
 * Both are over the same runs, so the rate cancels and the interval is narrow.
 */
export const little: Family = {
  name: "Little's law",
  quantity: "runs in flight when looked at, over rate x mean latency",
  formula: "1",
  source: "Little, A Proof for the Queuing Formula L = lambda W, 1961",
  settings: Array.from({ length: 30 }, (_, i) => i).map((i) => {
    const { scenario, plan } = randomScenario(i);
    const { stages } = scenario.workflow;
    return {
      label: `random ${i}, stages ${stages.length}, groups ${plan.groups.length}`,
      truth: exactly(1),
      observe: (seed: string, effort: number) => {
        const runs = counted(4000, effort, 1000);
        const [lookedMs, latencyMs] = [new Float64Array(runs), new Float64Array(runs)];
        simulateEach(scenario, plan, { runs, warmupRuns: 0, seed }, (row) => {
          const run = row[0]!;
          // Looks at 0, LOOK_MS, 2 LOOK_MS, ... that found this run in flight.
          const looks = Math.ceil(row[FINISH]! / LOOK_MS) - Math.ceil(row[ARRIVE]! / LOOK_MS);
          lookedMs[run] = looks * LOOK_MS;
          latencyMs[run] = row[LATENCY]!;
        });
        return ratioSample(batchMeans(lookedMs), batchMeans(latencyMs));
      },
    };
  }),
};
