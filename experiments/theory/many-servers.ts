/** Queues whose server is the platform: VMs without limit, or as many as the account may run at once. */

import { batchMeans, counted, exactly, type Family, pairs, type Setting } from "./family.ts";
import { coldShare, erlangB, lossInMd1, poissonAtMost, waitInMmc } from "./formulas.ts";
import {
  apart,
  cloud,
  type Customers,
  customersOf,
  LAW_NAMES,
  LAWS,
  limited,
  offered,
  scenarioOf,
  SERVICE_MS,
} from "./scenarios.ts";
import { exp } from "../../src/stats/numeric.ts";
import type { DistributionSpec, Platform } from "../../src/index.ts";

// Batch means over runs of one stage under Poisson arrivals.
function observed(
  load: number,
  cpuMs: DistributionSpec,
  platform: Platform,
  runs: number,
  of: (customers: Customers) => Float64Array,
): Setting["observe"] {
  return (seed, effort) => {
    const scenario = scenarioOf({ serve: { cpuMs } }, [], platform, offered(load));
    return batchMeans(
      of(customersOf(scenario, apart(scenario), counted(runs, effort, 5000), seed)),
    );
  };
}

/** How many others each arrival finds in the system. */
function foundByArrivals({ arriveMs, finishMs }: Customers): Float64Array {
  const ends = finishMs.slice().sort();
  let gone = 0;
  return arriveMs.map((at, i) => {
    while (gone < ends.length && ends[gone]! <= at) gone++;
    return i - gone;
  });
}

/** M/G/infinity: what arrivals find is Poisson whatever the service, since they see time averages. */
export const infiniteServers: Family = {
  name: "M/G/inf",
  quantity: "part of arrivals that find at most the mean number busy",
  formula: "sum over k <= a of e^-a a^k / k!, whatever the law of service",
  source: "Takacs, Introduction to the Theory of Queues, 1962; Wolff, PASTA, 1982",
  settings: pairs(LAW_NAMES, [0.5, 1, 3, 10, 40]).map(([law, load]) => ({
    label: `${law}, load ${load}`,
    truth: exactly(poissonAtMost(load, Math.floor(load))),
    observe: observed(load, LAWS[law], cloud(), 60_000, (customers) =>
      foundByArrivals(customers).map((n) => (n <= load ? 1 : 0)),
    ),
  })),
};

/** M/M/infinity with keep-alive: cold starts when VMs are busy as well as gone. */
export const keepAlive: Family = {
  name: "M/M/inf keep-alive",
  quantity: "part of starts that are cold",
  formula: "sum over n of Poisson(n) P(passage from n to n + 1 busy > keep-alive)",
  source: "level crossings of a last-in-first-out pool; see formulas.ts",
  settings: pairs([0.2, 0.5, 1, 2, 4, 8], [0.1, 0.25, 0.5, 1, 2]).map(([load, keep]) => ({
    label: `load ${load}, keep-alive ${keep}`,
    truth: exactly(coldShare(load, keep)),
    observe: observed(
      load,
      LAWS.exponential,
      cloud({ keepAliveMs: keep * SERVICE_MS }),
      60_000,
      ({ coldStarts }) => coldStarts,
    ),
  })),
};

const KEEP_LAWS = {
  fixed: { of: (ms: number): DistributionSpec => ms, cold: (x: number) => exp(-x) },
  exponential: {
    of: (ms: number): DistributionSpec => ({ exponential: { mean: ms } }),
    cold: (x: number) => 1 / (1 + x),
  },
  uniform: {
    of: (ms: number): DistributionSpec => ({ uniform: { min: 0, max: 2 * ms } }),
    cold: (x: number) => (1 - exp(-2 * x)) / (2 * x),
  },
} as const;

/** A sparse Poisson stream: a start is cold when the gap before it outlasts the keep-alive. */
export const coldStream: Family = {
  name: "cold starts",
  quantity: "part of starts of no duration that are cold",
  formula: "E[e^(-rate K)] for a keep-alive K",
  source: "Poisson gaps are exponential",
  settings: pairs(
    ["fixed", "exponential", "uniform"] as const,
    [0.05, 0.1, 0.2, 0.5, 0.75, 1, 1.5, 2, 3, 4],
  ).map(([law, x]) => ({
    label: `${law}, rate x mean keep-alive ${x}`,
    truth: exactly(KEEP_LAWS[law].cold(x)),
    observe: observed(
      1,
      0,
      cloud({ keepAliveMs: KEEP_LAWS[law].of(x * SERVICE_MS) }),
      60_000,
      ({ coldStarts }) => coldStarts,
    ),
  })),
};

/** M/G/c/c: what finds the account's limit reached is refused. */
export const erlangLoss: Family = {
  name: "M/G/c/c",
  quantity: "part of runs refused under a concurrency limit without retries",
  formula: "Erlang B, whatever the law of service",
  source: "Erlang, 1917; Sevastyanov, 1957 (insensitivity)",
  settings: pairs([1, 2, 5, 10, 20], [0.6, 0.9, 1.5]).flatMap(([servers, per], i) =>
    [i % 2, 2 + (i % 4)].map((l): Setting => {
      const law = LAW_NAMES[l]!;
      return {
        label: `c ${servers}, load ${Number((servers * per).toPrecision(3))}, ${law}`,
        truth: exactly(erlangB(servers, servers * per)),
        observe: observed(
          servers * per,
          LAWS[law],
          cloud(limited(servers)),
          80_000,
          ({ refused }) => refused,
        ),
      };
    }),
  ),
};

/** M/D/1/K in disguise: new VMs take tokens that come back at a constant rate. */
export const tokenBucket: Family = {
  name: "scale-out bucket",
  quantity: "part of cold starts refused by a token bucket without retries",
  formula: "loss of M/D/1/K, K the burst: a token missing is a customer present",
  source: "Gross et al., Fundamentals of Queueing Theory, 4th ed., §5.1.8",
  settings: pairs([1, 2, 3, 5, 8], [0.7, 0.8, 0.9, 1, 1.2, 2]).map(([burst, load]) => {
    const { concurrency } = cloud(limited(Number.POSITIVE_INFINITY));
    const bucket = { ...concurrency, burst, scaleOutPerSecond: 1000 / SERVICE_MS };
    return {
      label: `burst ${burst}, load ${load}`,
      truth: exactly(lossInMd1(burst, load)),
      observe: observed(
        load,
        SERVICE_MS / 10,
        cloud({ concurrency: bucket, keepAliveMs: 0 }),
        80_000,
        ({ refused }) => refused,
      ),
    };
  }),
};

/** A refused start asks again after this part of a service; the less, the nearer to a queue. */
const RETRY = 0.02;

// Loads at which the mean wait is a tenth of a service at least: below, the retries' grain is all there is.
const WAITING: readonly (readonly [number, readonly number[]])[] = [
  [1, [0.2, 0.3, 0.4, 0.5, 0.55, 0.6]],
  [2, [0.8, 0.9, 1, 1.1, 1.2, 1.3]],
  [3, [1.6, 1.7, 1.8, 1.9, 2, 2.1]],
  [5, [3.2, 3.3, 3.4, 3.5, 3.6, 3.7]],
  [8, [5.8, 5.9, 6, 6.1, 6.2, 6.3]],
];

/**
 * M/M/c by retries. The platform has no queue, so a refused start polls: a freed VM idles for at most one
 * interval, and the mean wait lies between that of M/M/c and that of services longer by the interval.
 */
export const throttled: Family = {
  name: "M/M/c by retry",
  quantity: "mean time throttled under a concurrency limit, in services",
  formula: "Erlang C wait W(s) <= wait <= W(s + r) + r, r the retry interval",
  source: "Erlang, 1917; order of service does not change the mean",
  settings: WAITING.flatMap(([servers, loads]) =>
    loads.map((load): Setting => {
      const longer = 1 + RETRY;
      return {
        label: `c ${servers}, load ${load}`,
        truth: {
          low: waitInMmc(servers, load, 1),
          high: waitInMmc(servers, load * longer, longer) + RETRY,
        },
        observe: observed(
          load,
          LAWS.exponential,
          cloud(limited(servers, RETRY * SERVICE_MS)),
          150_000,
          ({ queueMs }) => queueMs.map((ms) => ms / SERVICE_MS),
        ),
      };
    }),
  ),
};
