/** From executions that were observed to a workload: graph, fan-outs, times, starts, bytes, arrivals. */

import { InputError } from "../check.ts";
import { constantOf, type DistributionSpec } from "../stats/families.ts";
import type { Shape } from "../workflow/workflow.ts";
import { assembled, type EdgeFacts, type Fact, type StageFacts } from "./assembly.ts";
import { handlerStart, measuredCompute, vcpusOf } from "./measured-compute.ts";
import { Names, safeName } from "./names.ts";
import { observedEdges } from "./observed-graph.ts";
import { medianOf, NumberColumn, specOf, toMicroseconds } from "./samples.ts";
import { type StageRecords, StagesByRun } from "./stage-records.ts";
import type { ImportOptions } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

/** What the records came from. */
export interface Observation {
  readonly name: string;
  /** The format and file, for people: `OTLP spans of runs.json`. */
  readonly source: string;
  /** Files to name when they cannot be used. */
  readonly file: string;
}

/**
 * The workload behind these executions.
 * @throws InputError workload, when there are none.
 */
export function observedWorkload(
  records: StageRecords,
  { name, source, file }: Observation,
  options: ImportOptions,
): Workload {
  if (records.length === 0) throw new InputError("workload", "holds no finished execution", file);
  const runs = new StagesByRun(records);
  const names = new Names();
  const ids = records.stages.map((stage) => names.of(stage));
  const fanOuts = ids.map((_, stage) => fanOutOf(runs, stage));
  const links = linksOf(records, runs);
  const stages = ids.map((id, stage): StageFacts => {
    const workers = fanOuts[stage]!;
    return {
      id,
      workers: {
        value: workers,
        tag: "measured",
        source: `executions in each of ${runs.length} runs`,
      },
      ...measuredStage(records, stage, options),
    };
  });
  noteRareStages(runs, ids, options);
  return assembled({
    name: safeName(options.name ?? name),
    description: `${ids.length} functions observed in ${runs.length} runs.`,
    source,
    file,
    runtime: options.runtime,
    stages,
    edges: [
      ...links.pairs.map(([from, to]): EdgeFacts => {
        const shape = shapeOf(fanOuts[from]!, fanOuts[to]!);
        return {
          from: ids[from]!,
          to: ids[to]!,
          shape: {
            value: shape,
            tag: "derived",
            source: `${links.source}, shapes from the fan-outs`,
          },
          bytes: bytesBetween(runs, links.pairs, from, to, shape),
        };
      }),
      ...outerEdges(runs, links.pairs, ids),
    ],
    arrivals: {
      value: { kind: "timestamps", atMs: arrivalsMs(runs) },
      tag: "measured",
      source: "first start of each run",
    },
  });
}

function measuredStage(
  records: StageRecords,
  stage: number,
  options: ImportOptions,
): Omit<StageFacts, "id" | "workers"> {
  const { columns } = records;
  const times = new Map<number, NumberColumn>();
  const inits = new NumberColumn();
  const handlers = new NumberColumn();
  let usedMb = Number.NaN;
  let transfersKnown = true;
  for (let i = 0; i < records.length; i++) {
    if (columns.stage.at(i) !== stage) continue;
    const written = columns.memoryMb.at(i);
    const memoryMb = Number.isNaN(written) ? (options.memoryMb ?? Number.NaN) : written;
    const sample = times.get(memoryMb) ?? new NumberColumn();
    times.set(memoryMb, sample);
    const transferMs = columns.transferMs.at(i);
    transfersKnown &&= !Number.isNaN(transferMs);
    const wholeMs = columns.endMs.at(i) - columns.startMs.at(i);
    const ownMs = wholeMs - (Number.isNaN(transferMs) ? 0 : transferMs);
    sample.push(toMicroseconds(Math.max(0, ownMs)));
    if (!Number.isNaN(columns.initMs.at(i))) inits.push(columns.initMs.at(i));
    const handlerMs = columns.handlerMs.at(i);
    if (!Number.isNaN(handlerMs)) handlers.push(handlerMs * vcpusOf(memoryMb));
    if (!Number.isNaN(columns.memoryUsedMb.at(i)))
      usedMb = Math.max(columns.memoryUsedMb.at(i), Number.isNaN(usedMb) ? 0 : usedMb);
  }
  const what = transfersKnown
    ? "end less start and transfers"
    : "end less start, transfers included";
  return {
    compute: measuredCompute(
      new Map([...times].map(([mb, sample]) => [mb, sample.values()] as const)),
      { tag: transfersKnown ? "measured" : "derived", source: what },
      options,
    ),
    initCpu:
      handlers.length === 0
        ? handlerStart(inits.values(), options.runtime)
        : {
            value: toMicroseconds(medianOf(handlers.values())),
            tag: "measured",
            source: "median handler start, at one vCPU",
          },
    memoryMb: Number.isNaN(usedMb)
      ? undefined
      : {
          value: { runtime: 0, worker: usedMb },
          tag: "measured",
          source: "most memory used by an execution, runtime included",
        },
  };
}

function fanOutOf(runs: StagesByRun, stage: number): DistributionSpec {
  return specOf(
    runs.collect((run) => run.filter((of) => of.stage === stage).map((of) => of.workers)),
  );
}

function linksOf(
  records: StageRecords,
  runs: StagesByRun,
): { readonly pairs: readonly (readonly [number, number])[]; readonly source: string } {
  if (!records.namesParents)
    return {
      pairs: observedEdges(runs, records.stages.length),
      source: "inferred: in no run did the second start before the first had ended",
    };
  const { stages } = records;
  const pairs = [...records.parents].flatMap(([stage, parents]) =>
    [...parents].map((parent) => [stages.indexOf(parent), stages.indexOf(stage)] as const),
  );
  return {
    pairs: pairs.filter(([from, to]) => from >= 0 && to >= 0),
    source: "named by the trace",
  };
}

function shapeOf(from: DistributionSpec, to: DistributionSpec): Shape {
  const [n, m] = [constantOf(from), constantOf(to)];
  if (JSON.stringify(from) === JSON.stringify(to)) return "pairwise";
  if (n === 1) return "scatter";
  return m === 1 ? "gather" : "shuffle";
}

// What a stage reads comes from its one predecessor; from several, in proportion to what they wrote.
function bytesBetween(
  runs: StagesByRun,
  pairs: readonly (readonly [number, number])[],
  from: number,
  to: number,
  shape: Shape,
): Fact<DistributionSpec> | undefined {
  const sources = pairs.filter((pair) => pair[1] === to).map((pair) => pair[0]);
  const sums = runs.collect((run) => {
    const reader = run.find((of) => of.stage === to);
    const writer = run.find((of) => of.stage === from);
    const read = reader?.bytesIn ?? Number.NaN;
    if (reader === undefined || Number.isNaN(read)) return [];
    const written = sources.map((source) => run.find((of) => of.stage === source)?.bytesOut ?? 0);
    const all = written.reduce((sum, bytes) => sum + (Number.isNaN(bytes) ? 0 : bytes), 0);
    const own = writer === undefined || Number.isNaN(writer.bytesOut) ? 0 : writer.bytesOut;
    const part = sources.length === 1 ? 1 : all > 0 ? own / all : 1 / sources.length;
    return [read * part];
  });
  if (sums.length === 0) return undefined;
  const single = sources.length === 1;
  return {
    value: specOf(sums),
    tag: single ? "measured" : "derived",
    source: single
      ? `bytes read in a run, ${shape}`
      : "bytes read, in proportion to what was written",
  };
}

function outerEdges(
  runs: StagesByRun,
  pairs: readonly (readonly [number, number])[],
  ids: readonly string[],
): readonly EdgeFacts[] {
  return ids.flatMap((id, stage) => {
    const of = runs.collect((run) => run.filter((one) => one.stage === stage));
    const end = (from: string, to: string, bytes: readonly number[], what: string): EdgeFacts[] =>
      bytes.every((count) => count === 0)
        ? []
        : [
            {
              from,
              to,
              shape: {
                value: from === "input" ? "scatter" : "gather",
                tag: "assumed",
                source: "objects in the store, split evenly",
              },
              bytes: { value: specOf(bytes), tag: "measured", source: `bytes ${what} in a run` },
            },
          ];
    const known = (bytes: readonly number[]) => bytes.filter((count) => !Number.isNaN(count));
    return [
      ...(pairs.some(([, to]) => to === stage)
        ? []
        : end("input", id, known(of.map((one) => one.bytesIn)), "read")),
      ...(pairs.some(([from]) => from === stage)
        ? []
        : end(id, "output", known(of.map((one) => one.bytesOut)), "written")),
    ];
  });
}

function arrivalsMs(runs: StagesByRun): readonly number[] {
  const starts = Float64Array.from(runs, (run) => run[0]!.firstStartMs).sort();
  return Array.from(starts, (startMs) => toMicroseconds(startMs - starts[0]!));
}

function noteRareStages(runs: StagesByRun, ids: readonly string[], { note }: ImportOptions): void {
  const seen = new Int32Array(ids.length);
  for (const run of runs) for (const { stage } of run) seen[stage]!++;
  ids.forEach((id, stage) => {
    if (seen[stage]! < runs.length)
      note(
        `stage "${id}" ran in ${seen[stage]} of ${runs.length} runs; the workload runs it in every one`,
      );
  });
}
