/** How much policies are worth while one thing changes: the main policies at every level of a knob. */

import type { Figure } from "../figure/figure.ts";
import type { Knob } from "../figure/level-panel.ts";
import { relativeCurve } from "../figure/relative-curve.ts";
import { mainPolicies } from "../policy/index.ts";
import type { CellRow } from "../result/cell-table.ts";
import { ratioTable, type Settings } from "../result/ratio-table.ts";
import type { Experiment } from "./experiment.ts";
import { objectivesInPace } from "./pace.ts";

/** What such an experiment says itself. */
interface WhatIf
  extends Pick<
      Experiment,
      "name" | "question" | "workloads" | "variations" | "usualSeconds" | "quick"
    >,
    Partial<Pick<Experiment, "objectives" | "table" | "figures">> {
  readonly knob: Knob;
}

/** Main policies without the one that searches longest. */
export const quickPolicies = mainPolicies.filter((policy) => policy !== "wisefuse-joint");

/**
 * The main policies, planning anew at each level, for the workload's SLO and its budget as they keep pace
 * with the level; objectives that it says itself are the same at every level.
 */
export function whatIfExperiment({ knob, ...own }: WhatIf): Experiment {
  return {
    platforms: ["aws-lambda-2024"],
    policies: mainPolicies,
    sizings: ["tuned"],
    ...(own.objectives === undefined ? objectivesInPace : { objectives: own.objectives }),
    runs: 2000,
    warmupRuns: 100,
    seed: "wisefuse",
    table: ({ cells }) =>
      ratioTable(
        cells.filter((row) => row.variation === knob.variation),
        { title: knob.variation, of: (row) => String(row.level) },
      ),
    figures: [ratioFigure(knob)],
    ...own,
  };
}

/** Tables of an experiment with several knobs: `tables` of the rows of each, under its axis. */
export function tablesByKnob(
  cells: readonly CellRow[],
  knobs: readonly Knob[],
  tables: readonly ((rows: readonly CellRow[], settings: Settings) => string)[],
): string {
  const settings: Settings = { title: "", of: (row) => String(row.level) };
  return knobs
    .map(({ variation, axis }) => {
      const rows = cells.filter((row) => row.variation === variation);
      return `By ${axis}\n\n${tables.map((table) => table(rows, settings)).join("\n")}`;
    })
    .join("\n");
}

/** The chart of such an experiment. */
export function ratioFigure(knob: Knob): Figure {
  return {
    name: knob.variation,
    caption: `How do P95 and cost of each policy compare with the unfused workflow's along the ${knob.variation}?`,
    draw: ({ cells }) => relativeCurve(cells, knob),
  };
}
