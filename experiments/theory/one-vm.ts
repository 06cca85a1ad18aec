/** Queues inside one VM: workers that arrive at random moments share its vCPUs. */

import { counted, exactly, type Family, pairs, ratioSample, type Setting } from "./family.ts";
import { poissonMass, waitInMmc } from "./formulas.ts";
import {
  cloud,
  inOneVm,
  LAW_NAMES,
  LAWS,
  REPLICATIONS,
  scenarioOf,
  SERVICE_MS,
  type Work,
} from "./scenarios.ts";
import { type DistributionSpec, RUN_COLUMNS, simulateEach } from "../../src/index.ts";

// A replication in services, on one vCPU: arrivals come from 0 to `until`, and those of the window are
// counted, as the system starts empty and the last arrivals meet nobody after them. More vCPUs forget
// sooner, so theirs is shorter by their root.
const HORIZON = { from: 500, to: 1400, until: 1500 };
const REPLICATED = 200;
const ARRIVE = RUN_COLUMNS.indexOf("arriveMs");

/** A Poisson number as a fan-out. */
function poissonCount(mean: number): DistributionSpec {
  const spread = Math.ceil(9 * Math.sqrt(mean));
  const first = Math.max(1, Math.floor(mean - spread));
  return {
    mixture: Array.from({ length: Math.ceil(mean + spread) - first }, (_, i) => ({
      weight: poissonMass(mean, first + i),
      of: first + i,
    })),
  };
}

/**
 * Mean time in the system, in services, of Poisson arrivals that share `vcpus`, each using one at most. A
 * run is a replication: a Poisson number of workers, each of which waits until a uniform moment (so the
 * moments are a Poisson process) and then computes.
 */
function sharing(vcpus: number, load: number, cpuMs: DistributionSpec): Setting["observe"] {
  return (seed, effort) => {
    const unit = 1 / Math.sqrt(vcpus);
    const until = HORIZON.until * unit;
    const workers = poissonCount(load * until);
    const arrive: Work = { workers, waitMs: { uniform: { min: 0, max: until * SERVICE_MS } } };
    const scenario = scenarioOf(
      { arrive, serve: { workers, cpuMs } },
      [["arrive", "serve", "pairwise"]],
      cloud(),
      REPLICATIONS,
    );
    const runs = counted(REPLICATED * unit, effort, 30);
    const [times, counts] = [new Float64Array(runs), new Float64Array(runs)];
    const began = new Float64Array(runs);
    const spans: { run: number; startMs: number; endMs: number }[] = [];
    simulateEach(
      scenario,
      inOneVm(scenario, vcpus),
      {
        runs,
        warmupRuns: 0,
        seed,
        spans: ({ run, stage, startMs, endMs }) => {
          if (stage === "serve") spans.push({ run, startMs, endMs });
        },
      },
      (row) => {
        began[row[0]!] = row[ARRIVE]!;
      },
    );
    for (const { run, startMs, endMs } of spans) {
      const at = (startMs - began[run]!) / SERVICE_MS;
      if (at < HORIZON.from * unit || at >= HORIZON.to * unit) continue;
      times[run]! += (endMs - startMs) / SERVICE_MS;
      counts[run]! += 1;
    }
    return ratioSample(times, counts);
  };
}

/** M/G/1 processor sharing on one vCPU. */
export const processorSharing: Family = {
  name: "M/G/1-PS",
  quantity: "mean time of workers that share one vCPU, in services",
  formula: "1 / (1 - load), whatever the law of service",
  source: "Kleinrock, Queueing Systems II, 1976, §4.4",
  settings: pairs(LAW_NAMES, [0.2, 0.35, 0.5, 0.6, 0.7]).map(([law, load]) => ({
    label: `${law}, load ${load}`,
    truth: exactly(1 / (1 - load)),
    observe: sharing(1, load, LAWS[law]),
  })),
};

/** M/M/c on c vCPUs: for exponential work, sharing and queueing have the same number in the system. */
export const manyVcpus: Family = {
  name: "M/M/c",
  quantity: "mean time of workers that share c vCPUs, one each at most, in services",
  formula: "1 + Erlang C / (c - load)",
  source: "Erlang, 1917; Cohen, The Multiple Phase Service Network, 1979",
  settings: pairs([2, 3, 4, 6, 8, 16], [0.6, 0.7, 0.75, 0.8, 0.85]).map(([vcpus, per]) => {
    const load = Number((vcpus * per).toPrecision(6));
    return {
      label: `c ${vcpus}, load ${load}`,
      truth: exactly(1 + waitInMmc(vcpus, load, 1)),
      observe: sharing(vcpus, load, LAWS.exponential),
    };
  }),
};
