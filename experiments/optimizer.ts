/** Planners themselves: how far their plans are from the best there is, and how long they take. */

import { gapCdf } from "../src/figure/gap-cdf.ts";
import { planningTime } from "../src/figure/planning-time.ts";
import type { Experiment } from "../src/harness/experiment.ts";
import { type Drawn, gapStudy } from "../src/harness/gap-study.ts";
import { planningStudy } from "../src/harness/planning-study.ts";
import type { PolicyName } from "../src/policy/index.ts";
import { gapAnswer, gapTable, planningTimeTable } from "../src/result/optimizer-table.ts";

const APPS = ["video-analytics", "ml-pipeline", "approximate-svd"];
const PLATFORM = "aws-lambda-2024";
const COMPARED: readonly PolicyName[] = [
  "wisefuse-joint",
  "wisefuse",
  "orion",
  "faastlane",
  "sonic",
  "photons",
  "unfused",
];
/** Two to four stages in turn, and a few with five, which take up to minutes each to prove. */
const DRAWN: readonly Drawn[] = Array.from({ length: 280 }, (_, seed) => ({
  seed,
  stages: 2 + (seed % 4),
})).filter(({ seed, stages }) => stages < 5 || (seed > 100 && seed < 120));
const GAPS = "gaps";
const PLANNING = "planning";
const planners = {
  policies: ["wisefuse-joint", "wisefuse"],
  platform: PLATFORM,
} as const;
/** Those that take longest first, so that threads end together and are warm for the quick ones. */
const GROWING: readonly Drawn[] = [500, 200, 100, 50, 20, 10, 3].flatMap((stages) =>
  Array.from({ length: stages >= 20 ? 1 : 3 }, (_, seed) => ({ seed, stages })),
);
/** WiseFuse's search takes minutes on 50 stages. */
const drawnFor = (policy: PolicyName): readonly Drawn[] =>
  GROWING.filter(({ stages }) => policy === "wisefuse-joint" || stages <= 20);
const FIRST = GROWING.filter(({ seed, stages }) => seed === 0 && stages <= 10);

export const experiment: Experiment = {
  name: "optimizer",
  question: "How close do planners come to the best plan there is, and how long do they take?",
  workloads: APPS,
  platforms: [PLATFORM],
  policies: [],
  sizings: [],
  objectives: () => [],
  studies: [
    planningStudy(PLANNING, { ...planners, drawn: drawnFor, shipped: APPS }),
    gapStudy(GAPS, DRAWN, COMPARED),
  ],
  runs: 2000,
  warmupRuns: 100,
  seed: "wisefuse",
  usualSeconds: 3000,
  quick: {
    studies: [
      planningStudy(PLANNING, { ...planners, drawn: () => FIRST, shipped: ["ml-pipeline"] }),
      gapStudy(
        GAPS,
        DRAWN.filter(({ seed, stages }) => stages < 5 && seed < 12),
        COMPARED,
      ),
    ],
  },
  table: ({ decisions, wallMs }) =>
    [
      gapTable(decisions.get(GAPS) ?? []),
      planningTimeTable(decisions.get(PLANNING) ?? [], wallMs.get(PLANNING) ?? new Map()),
    ].join("\n"),
  answer: ({ decisions }) => gapAnswer(decisions.get(GAPS) ?? []),
  figures: [
    {
      name: "gaps",
      caption: "How often is a policy's plan how close to the proven best one?",
      draw: ({ decisions }) => gapCdf(decisions.get(GAPS) ?? []),
    },
    {
      name: "planning-time",
      needs: "wallMs",
      caption: "How does planning time grow with the number of stages?",
      draw: ({ decisions, wallMs }) =>
        planningTime(decisions.get(PLANNING) ?? [], wallMs.get(PLANNING) ?? new Map()),
    },
  ],
};
