/** A production-like population on one account: what each policy gives each class of workflow. */

import { classCosts, classLatencies } from "../src/figure/class-ratios.ts";
import type { Tables } from "../src/figure/figure.ts";
import type { Experiment } from "../src/harness/experiment.ts";
import { replayStudy } from "../src/harness/replay-study.ts";
import { REPLAY_TABLE } from "../src/result/replay.ts";
import { mixTable } from "../src/result/replay-table.ts";

const CLASSES = "classes";
const MIX = { preset: "azure-durable", workflows: 240, hours: 24, warmupHours: 1, limit: 60 };

const rowsOf = ({ rows }: Tables) => REPLAY_TABLE.rowsAmong(rows.get(CLASSES) ?? []);

export const experiment: Experiment = {
  name: "production-mix",
  question:
    "What does each policy give which workflows of a production-like population that share an account?",
  workloads: [],
  platforms: ["aws-lambda-2024"],
  policies: ["wisefuse", "sonic", "unfused", "faastlane", "photons"],
  sizings: [],
  objectives: () => [],
  studies: [replayStudy(CLASSES, MIX)],
  runs: 1,
  warmupRuns: 0,
  seed: "wisefuse",
  usualSeconds: 240,
  quick: { studies: [replayStudy(CLASSES, { ...MIX, workflows: 30, hours: 6, limit: 20 })] },
  table: (tables) => mixTable(rowsOf(tables)),
  figures: [
    {
      name: "latency",
      caption: "By how much does each policy change the P95 latency of which workflows?",
      draw: (tables) => classLatencies(rowsOf(tables)),
    },
    {
      name: "cost",
      caption: "By how much does each policy change what which workflows cost?",
      draw: (tables) => classCosts(rowsOf(tables)),
    },
  ],
};
