/** A population in one file: a header, then a workload file a line (NDJSON). */

import { InputError } from "../check.ts";
import { ordersOfMagnitude } from "./popularity.ts";
import type { Population } from "./synthetic.ts";
import { SYNTHETIC_ASSUMPTIONS, SYNTHETIC_PROVENANCE } from "./synthetic-laws.ts";
import type { Workload } from "./workload.ts";
import { readWorkloadLine } from "./workload-file.ts";
import { workloadLine } from "./workload-text.ts";

/** The `schema` of the first line. */
const POPULATION_SCHEMA = "wisefuse/population@1";

/** What holds for all workflows of a generated population. */
export function populationHeader(population: Population, preset: string, seed: string): object {
  return {
    schema: POPULATION_SCHEMA,
    preset,
    seed,
    workflows: population.workflows,
    weighting: population.published.weighting,
    source: population.published.source,
    executionsPerDay: Math.round(population.popularity.totalPerDay()),
    ordersOfMagnitude: Number(ordersOfMagnitude(population.popularity).toFixed(2)),
    jointFeasibilityError: Number(population.law.infeasible.toPrecision(3)),
    provenance: SYNTHETIC_PROVENANCE,
    assumptions: SYNTHETIC_ASSUMPTIONS,
  };
}

/** The lines of a population file: the header, then the workflows, the busiest first, one by one. */
export function* populationLines(
  population: Population,
  preset: string,
  seed: string,
): Generator<string> {
  yield JSON.stringify(populationHeader(population, preset, seed));
  for (let rank = 1; rank <= population.workflows; rank++)
    yield workloadLine({ ...population.workloadOf(rank), provenance: [] });
}

/** The workloads of a population file, each read when asked for; a header and blank lines count for nothing. */
export function* workloadsOf(lines: Iterable<string>, file: string): Generator<() => Workload> {
  let line = 0;
  let found = 0;
  for (const text of lines) {
    line++;
    if (text.trim() === "" || (line === 1 && text.includes(`"${POPULATION_SCHEMA}"`))) continue;
    found++;
    const place = line;
    yield () => readWorkloadLine(text, file, place);
  }
  if (found === 0) throw new InputError("file", "expected at least one workload", file);
}
