/** What of Jolteon's video analytics is fitted: chunks processed one after another in each VM. */

import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { App, FitStep, Study } from "./fit.ts";
import { cellsOf, ITEMS, readJolteon } from "./jolteon-data.ts";

const study = (stage: string, key: string): Study => ({
  stage,
  key,
  title: `${stage}, 32/n chunks one after another in each VM`,
  varies: "bundle",
  layoutAt: ({ memoryMb, workers }) => ({
    memoryMb,
    workersPerVm: ITEMS / workers,
    concurrency: 1,
    isolation: "threads",
  }),
  workloadAt: (workload) => workload,
  dividesAlike: true,
});

const SPLIT = study("split", "stage0");
const EXTRACT = study("extract", "stage1");
const FILTER = study("filter", "stage2");
const CLASSIFY = study("classify", "stage3");

const MB = 1e6;

const bytes = (name: string, paths: readonly string[] = [name]) => ({
  name,
  paths,
  start: 100 * MB,
  low: 0.1 * MB,
  high: 1000 * MB,
});

const spread = (of: Study): FitStep => ({
  parameters: [{ name: `${of.stage}.content`, start: 0.1, low: 0, high: 0.5 }],
  targets: [{ study: of, phase: "compute", statistic: "spread" }],
});

const law = (of: Study, cpuMs: number, maxVcpus: number): FitStep => ({
  parameters: [
    { name: `${of.stage}.cpuMs`, start: cpuMs, low: cpuMs / 3, high: cpuMs * 3 },
    { name: `${of.stage}.serialFraction`, start: 0.15, low: 0, high: 1 },
    { name: `${of.stage}.maxVcpus`, start: maxVcpus, low: 1, high: 6 },
    { name: `${of.stage}.parallelYield`, start: 0.9, low: 0, high: 1 },
  ],
  targets: [{ study: of, phase: "compute" }],
});

/** The application, its data read from `folder`. */
export function jolteonVideo(folder: string): App {
  return {
    name: "video-analytics-chunks",
    cells: cellsOf("video"),
    measured: readJolteon(folder, "video"),
    platform: awsLambda2024,
    studies: [SPLIT, EXTRACT, FILTER, CLASSIFY],
    steps: [
      { parameters: [bytes("input->split.bytes")], targets: [{ study: SPLIT, phase: "read" }] },
      {
        parameters: [bytes("split->extract.bytes")],
        targets: [
          { study: SPLIT, phase: "write" },
          { study: EXTRACT, phase: "read" },
        ],
      },
      {
        // One set of frames, read by both.
        parameters: [
          bytes("extract->filter.bytes", ["extract->filter.bytes", "extract->classify.bytes"]),
          bytes("filter->classify.bytes"),
        ],
        targets: [
          { study: EXTRACT, phase: "write" },
          { study: FILTER, phase: "read" },
          { study: FILTER, phase: "write" },
          { study: CLASSIFY, phase: "read" },
        ],
      },
      {
        parameters: [bytes("classify->output.bytes")],
        targets: [{ study: CLASSIFY, phase: "write" }],
      },
      ...[SPLIT, EXTRACT, FILTER, CLASSIFY].map(spread),
      law(SPLIT, 5900, 5.8),
      law(EXTRACT, 1570, 2),
      {
        parameters: [{ name: "filter.cpuMs", start: 40, low: 10, high: 200 }],
        targets: [{ study: FILTER, phase: "compute" }],
      },
      law(CLASSIFY, 380, 5.8),
    ],
  };
}
