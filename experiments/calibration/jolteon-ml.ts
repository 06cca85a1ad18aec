/** What of Jolteon's ML pipeline is fitted: trees bundled in VMs, and stages at another parallelism. */

import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { constantOf } from "../../src/stats/families.ts";
import { edgeId } from "../../src/workflow/workflow.ts";
import { cpuComputeOf, withCompute, withEdge, withWorkers } from "./change.ts";
import type { App, Study } from "./fit.ts";
import { type Cell, cellsOf, ITEMS, readJolteon } from "./jolteon-data.ts";

const ALONE = { workersPerVm: 1, concurrency: "all", isolation: "threads" } as const;
const alone = ({ memoryMb }: Cell) => ({ memoryMb, ...ALONE });
const asItIs = (workload: Workload) => workload;

const PCA: Study = {
  stage: "pca",
  key: "stage0",
  title: "pca, 1 worker",
  varies: "nothing",
  layoutAt: alone,
  workloadAt: asItIs,
  dividesAlike: true,
};
const TRAIN: Study = {
  stage: "train",
  key: "stage1",
  title: "train, 32/n trees at once in each VM",
  varies: "bundle",
  layoutAt: ({ memoryMb, workers }) => ({
    memoryMb,
    workersPerVm: ITEMS / workers,
    concurrency: "all",
    isolation: "processes",
  }),
  workloadAt: asItIs,
  dividesAlike: true,
};
const PREDICT: Study = {
  stage: "predict",
  key: "stage2",
  title: "predict, n workers with 32/n trees each",
  varies: "parallelism",
  layoutAt: alone,
  workloadAt: predictionBy,
  dividesAlike: false,
};
const VOTE: Study = {
  stage: "vote",
  key: "stage3",
  title: "vote, 1 worker reads n predictions",
  varies: "parallelism",
  layoutAt: alone,
  workloadAt: predictionBy,
  dividesAlike: false,
};

/**
 * The workload when `workers` predict with several trees each: loading the data is the serial part and
 * stays, the trees' part grows, models are read one after another, and each worker writes one prediction.
 */
function predictionBy(workload: Workload, { workers }: Cell): Workload {
  const trees = ITEMS / workers;
  if (trees === 1) return workload;
  const compute = cpuComputeOf(workload.profile["predict"]!);
  const cpuMs = constantOf(compute.cpuMs)!;
  const loadMs = cpuMs * compute.serialFraction;
  const workMs = loadMs + (cpuMs - loadMs) * trees;
  const votes = workload.workflow.edges.find((edge) => edgeId(edge) === "predict->vote")!;
  const changed = withCompute(withWorkers(workload, "predict", workers), "predict", {
    cpuMs: workMs,
    serialFraction: loadMs / workMs,
  });
  return withEdge(withEdge(changed, "train->predict", { shape: "gather" }), "predict->vote", {
    bytes: constantOf(votes.bytes)! / trees,
  });
}

const MB = 1e6;
/** Largest total at which each of the 32 objects still travels over one connection: reads do not scale. */
const SINGLE_PART_BYTES = ITEMS * 8 * 1024 * 1024;
/** One file, read by three stages. */
const COMPONENTS = ["pca->train.bytes", "pca->predict.bytes", "pca->vote.bytes"];

/** The application, its data read from `folder`. */
export function jolteonMl(folder: string): App {
  return {
    name: "ml-pipeline-trees",
    cells: cellsOf("ml"),
    measured: readJolteon(folder, "ml"),
    platform: awsLambda2024,
    studies: [PCA, TRAIN, PREDICT, VOTE],
    steps: [
      {
        parameters: [{ name: "input->pca.bytes", start: 15 * MB, low: MB, high: 60 * MB }],
        targets: [{ study: PCA, phase: "read" }],
      },
      {
        parameters: [
          { name: COMPONENTS[0]!, paths: COMPONENTS, start: 20 * MB, low: MB, high: 60 * MB },
        ],
        targets: [{ study: TRAIN, phase: "read" }],
      },
      {
        parameters: [
          { name: "pca.cpuMs", start: 6500, low: 4000, high: 10_000 },
          { name: "pca.serialFraction", start: 0.8, low: 0, high: 1 },
        ],
        targets: [{ study: PCA, phase: "compute" }],
      },
      {
        parameters: [{ name: "train.noiseCv", start: 0.1, low: 0, high: 0.4 }],
        targets: [{ study: TRAIN, phase: "compute", statistic: "spread" }],
      },
      {
        parameters: [
          { name: "train.cpuMs", start: 6500, low: 4000, high: 10_000 },
          { name: "train.serialFraction", start: 0.05, low: 0, high: 1 },
          { name: "train.maxVcpus", start: 2, low: 1, high: 6 },
          { name: "train.parallelYield", start: 0.7, low: 0, high: 1 },
        ],
        targets: [{ study: TRAIN, phase: "compute" }],
      },
      {
        parameters: [
          { name: "predict.cpuMs", start: 1300, low: 200, high: 4000 },
          { name: "predict.serialFraction", start: 0.9, low: 0, high: 1 },
          { name: "vote.cpuMs", start: 1200, low: 200, high: 4000 },
          { name: "train->predict.bytes", start: 160 * MB, low: MB, high: SINGLE_PART_BYTES },
          { name: "predict->vote.bytes", start: 200 * MB, low: MB, high: SINGLE_PART_BYTES },
        ],
        targets: [
          { study: TRAIN, phase: "total" },
          { study: PREDICT, phase: "total" },
          { study: VOTE, phase: "total" },
        ],
      },
    ],
  };
}
