/** A characterisation as tables: shapes as distributions, and one row per workload and per stage that was run. */

import { writeToString } from "fast-csv";
import { SHAPE_MEASURES } from "../trace/published.ts";
import {
  type Characterization,
  tailRatio,
  TIME_PARTS,
  type Weighted,
  WEIGHTINGS,
} from "./behaviour.ts";

type Row = Readonly<Record<string, string | number>>;

/**
 * Texts by file name. `shapes.csv`: P(X <= x) of width, depth and nodes under each weighting. `workloads.csv`: one
 * row per workload run, with its weights. `stages.csv`: one row per parallel stage of these. Times are ms.
 */
export async function characterizationCsv(
  result: Characterization,
): Promise<Readonly<Record<string, string>>> {
  return {
    "shapes.csv": await csvOf(shapeRows(result)),
    "workloads.csv": await csvOf(workloadRows(result)),
    "stages.csv": await csvOf(stageRows(result)),
  };
}

function shapeRows({ facts }: Characterization): readonly Row[] {
  return WEIGHTINGS.flatMap((weighting) =>
    SHAPE_MEASURES.flatMap((measure) => {
      const cdf = facts.cdf(measure, weighting);
      if (cdf === undefined) return [];
      return Array.from(cdf.values, (value, i) => ({
        weighting,
        measure,
        value: shown(value),
        share: shown(cdf.shares[i]!),
      }));
    }),
  );
}

function workloadRows({ samples }: Characterization): readonly Row[] {
  const weightIn = (sample: readonly Weighted[], name: string) =>
    shown(sample.find(({ behaviour }) => behaviour.name === name)?.weight ?? 0);
  return behavioursOf(samples).map((behaviour) => {
    const { name, perDay, width, depth, nodes, latencyMs, failed, share } = behaviour;
    const at = (p: number) => shown(latencyMs[Math.floor(p * latencyMs.length)] ?? Number.NaN);
    return {
      workload: name,
      weight_execution: weightIn(samples.execution, name),
      weight_workflow: weightIn(samples.workflow, name),
      per_day: shown(perDay),
      width,
      depth,
      nodes,
      completed: latencyMs.length,
      failed,
      latency_ms_p25: at(0.25),
      latency_ms_p50: at(0.5),
      latency_ms_p95: at(0.95),
      latency_p95_over_p25: shown(tailRatio(behaviour)),
      ...Object.fromEntries(TIME_PARTS.map((part) => [`${part}_share`, shown(share[part])])),
      cold_share: shown(behaviour.coldShare),
      gap_cv: shown(behaviour.gapCv),
      dispersion: shown(behaviour.dispersion),
    };
  });
}

function stageRows({ samples }: Characterization): readonly Row[] {
  return behavioursOf(samples).flatMap(({ name, skew, workerCorrelations }) =>
    skew.map(({ workers, slowestOverFastest }, i) => ({
      workload: name,
      workers: shown(workers),
      slowest_over_fastest: shown(slowestOverFastest),
      worker_correlation: shown(workerCorrelations[i]!),
    })),
  );
}

function behavioursOf(samples: Characterization["samples"]) {
  const all = WEIGHTINGS.flatMap((weighting) => samples[weighting]);
  return [...new Map(all.map(({ behaviour }) => [behaviour.name, behaviour])).values()];
}

// Empty where there is none.
function shown(value: number): string | number {
  return Number.isNaN(value) ? "" : Number(value.toPrecision(9));
}

function csvOf(rows: readonly Row[]): Promise<string> {
  return writeToString([...rows], { headers: true, includeEndRowDelimiter: true });
}
