/** Generated populations and shipped applications characterised, a task each: the points of their curves. */

import { CURVE_TABLE, curveRows } from "../result/curve-table.ts";
import { Population } from "../trace/synthetic.ts";
import { type CharacterizeOptions, characterize, type WorkloadSource } from "./characterize.ts";
import type { ShippedWorkloads, StudyRun, TableStudy } from "./study.ts";

/** What is characterised. */
export interface CharacterStudyOptions extends Pick<CharacterizeOptions, "sample" | "runs"> {
  /** Presets of populations, `workflows` of each. */
  readonly presets: readonly string[];
  readonly workflows: number;
  /** Shipped workloads, together the population `applications`. */
  readonly applications: readonly string[];
}

/** Name of the shipped workloads among populations. */
export const APPLICATIONS = "applications";

/** A task per preset, then one for the applications; on the run's first platform, with its first seed. */
export function characterStudy(name: string, options: CharacterStudyOptions): TableStudy {
  const { presets, workflows, applications, sample, runs } = options;
  return {
    name,
    table: CURVE_TABLE,
    tasks: () => [...presets, APPLICATIONS],
    rows(population, shipped, run) {
      const settings = { ...firstOf(run), sample, runs };
      if (population === APPLICATIONS) {
        const source = shippedSource(applications, shipped);
        return curveRows(population, characterize(source, settings), undefined);
      }
      const drawn = new Population(population, workflows, settings.seed);
      const result = characterize(sourceOf(drawn), settings);
      return curveRows(population, result, drawn.law.infeasible);
    },
  };
}

function firstOf({ platforms, seeds }: StudyRun) {
  return { platform: platforms[0]!, seed: seeds[0]! };
}

function shippedSource(names: readonly string[], shipped: ShippedWorkloads): WorkloadSource {
  return () => names.map((name) => () => shipped(name));
}

function sourceOf(population: Population): WorkloadSource {
  return function* read() {
    for (let rank = 1; rank <= population.workflows; rank++)
      yield () => population.workloadOf(rank);
  };
}
