/**
 * Published statistics of serverless workflows, as numbers with their sources. Two weightings exist and
 * are never mixed: of executions (a busy workflow counts often) and of workflows (each counts once).
 */

/** Which population a statistic counts. */
export type Weighting = "execution" | "workflow";

/** Names of the three measures of a workflow's shape. */
export const SHAPE_MEASURES = ["width", "depth", "nodes"] as const;

/** One measure of a workflow's shape: widest level, number of levels, workers in all. */
export type ShapeMeasure = (typeof SHAPE_MEASURES)[number];

/** Points `[x, P(X <= x)]` of a measure, ascending; the last is the largest value seen. */
export type PublishedCdf = readonly (readonly [number, number])[];

/** Shapes of the workflows of one platform under one weighting. */
export interface PublishedShapes {
  readonly weighting: Weighting;
  /** A measure that was not published is missing. */
  readonly cdf: Readonly<Partial<Record<ShapeMeasure, PublishedCdf>>>;
  readonly source: string;
}

/**
 * Per execution: 704,051,102 executions of Azure Durable Functions, 18 to 31 October 2021. Points just below a
 * probability say that the next value is that quantile.
 */
export const AZURE_DURABLE_EXECUTIONS: PublishedShapes = {
  weighting: "execution",
  cdf: {
    width: [
      [1, 0.7866],
      [2, 0.9213],
      [3, 0.9524],
      [5, 0.9678],
      [8, 0.976],
      [10, 0.9832],
      [16, 0.9899],
      [17, 0.9934],
      [20, 0.9944],
      [32, 0.996],
      [64, 0.9986],
      [86, 0.99899],
      [87, 0.99904],
      [100, 0.99945],
      [128, 0.99961],
      [256, 0.99982],
      [392, 0.9999],
      [1000, 0.99998],
      [35_385, 1],
    ],
    depth: [
      [1, 0.1251],
      [2, 0.6796],
      [3, 0.8684],
      [4, 0.9241],
      [5, 0.96],
      [6, 0.9724],
      [7, 0.9907],
      [8, 0.9947],
      [10, 0.9976],
      [12, 0.9991],
      [21, 0.99992],
      [135, 1],
    ],
    nodes: [
      [2, 0.5598],
      [3, 0.792],
      [4, 0.8663],
      [5, 0.9161],
      [7, 0.959],
      [10, 0.9732],
      [17, 0.9899],
      [18, 0.9923],
      [20, 0.9934],
      [92, 0.99899],
      [93, 0.999],
      [100, 0.9992],
      [480, 0.9999],
      [35_386, 1],
    ],
  },
  source:
    "Azure Durable Functions, 18-31 October 2021, quantiles of the table published with Mahgoub et al., OSDI 2022",
};

/**
 * Per workflow, second-hand from notes on a paper: depth median 3, P95 8, maximum 47; 65 % linear chains;
 * width P95 37, maximum 10.9 K. Nodes were not published. Assumed: depth 1 as often as per
 * execution, and the maximum as that of some 50,000 workflows.
 */
export const AZURE_DURABLE_WORKFLOWS: PublishedShapes = {
  weighting: "workflow",
  cdf: {
    width: [
      [1, 0.65],
      [37, 0.95],
      [10_899, 0.99998],
      [10_900, 1],
    ],
    depth: [
      [1, 0.1251],
      [3, 0.55],
      [8, 0.95],
      [46, 0.99998],
      [47, 1],
    ],
  },
  source:
    "Azure Durable Functions, one week of October 2021, reading notes of Mahgoub et al., OSDI 2022: second-hand",
};

/** What was published of shapes, by weighting. */
export const PUBLISHED_SHAPES: Readonly<Record<Weighting, PublishedShapes>> = {
  execution: AZURE_DURABLE_EXECUTIONS,
  workflow: AZURE_DURABLE_WORKFLOWS,
};

/**
 * How unequal workflows are: five of them hold 46 % of all executions, and 80 % run less than 100 times a day.
 * `zipfExponent` gives the first, `ordinary` the second. Below the median no more than Azure Functions 2019 says:
 * 45 % of its applications run at most once an hour, and rates span eight orders of magnitude.
 * Source: reading notes of Mahgoub et al., OSDI 2022 (second-hand); Shahrad et al., ATC 2020, section 3.
 */
export const POPULARITY = {
  /** Executions of rank i are as i^-s: then five of very many hold 46 %. */
  zipfExponent: 1.27,
  ordinary: { rarerShare: 0.8, perDay: 100 },
  /** The least that a trace of 14 days can see. */
  leastPerDay: 1 / 14,
  rareShare: 0.45,
} as const;

/**
 * Share of the workflows that a timer starts, that come in bursts, and that follow day and week; the others are
 * Poisson. Timers are 15.6 % of functions; with the other two 40 % have gaps that vary more than a Poisson
 * process's (CV > 1), as of applications. Source: Shahrad et al., ATC 2020, section 3.
 */
export const TRIGGERS = { timer: 0.156, bursty: 0.25, diurnal: 0.3 } as const;

/** Published against what a generated population should show beside its shapes. */
export const PUBLISHED_BEHAVIOUR = {
  /** Share of parallel stages whose slowest worker takes at least twice the fastest one's time. */
  twiceAsSlow: 0.982,
  /** Latency of whole workflows, ms. */
  latencyMsP50: 3700,
  latencyMsMean: 48_000,
  topFiveShare: 0.46,
  /** Cold starts: of workflows that run less than 100 times a day, and of the others, median. */
  coldShareRare: 0.5,
  coldShareOften: 0.0035,
  /** Workflows whose gaps between arrivals have CV > 1, Shahrad et al., ATC 2020 (applications). */
  burstyShare: 0.4,
  source: "reading notes of Mahgoub et al., OSDI 2022: second-hand",
} as const;
