/** A workload as text in our own format: what the reader makes of it is the workload again. */

import { Document, isCollection, isPair, isScalar, visit } from "yaml";
import type { Failures } from "../plan/failures.ts";
import type { Arrivals } from "../plan/scenario.ts";
import type { StageProfile } from "../workflow/profile.ts";
import type { Edge, Stage } from "../workflow/workflow.ts";
import type { ObjectiveDefaults, Workload } from "./workload.ts";
import { WORKLOAD_SCHEMA } from "./workload-schema.ts";

const LINE_WIDTH = 100;

// Mappings with these keys are written a line a key: a stage, and what was measured of one.
const OPEN_KEYS = ["id", "byMemoryMb"];

/**
 * A workload as YAML, in bare numbers of ms, bytes and USD: `parseWorkload(workloadText(w))` equals
 * `w`, but for a `{constant: x}`, which becomes `x`. Equal workloads give equal text.
 */
export function workloadText(workload: Workload): string {
  const document = new Document(workloadValue(workload), { aliasDuplicateObjects: false });
  // One line for each field of a stage, each measured size, each edge and each entry.
  visit(document, {
    Collection: (_, node, path) => {
      const depth = path.filter(isCollection).length;
      if (depth >= 2 && !OPEN_KEYS.some((key) => node.has(key)) && !isTableOfSizes(path))
        node.flow = true;
    },
  });
  return document.toString({ lineWidth: LINE_WIDTH, flowCollectionPadding: true });
}

/** The same as one line of JSON, without a newline. */
export function workloadLine(workload: Workload): string {
  return JSON.stringify(workloadValue(workload));
}

function isTableOfSizes(path: readonly unknown[]): boolean {
  const holder = path.at(-1);
  return isPair(holder) && isScalar(holder.key) && holder.key.value === "byMemoryMb";
}

function workloadValue(workload: Workload): Readonly<Record<string, unknown>> {
  const { name, description, source, workflow, profile } = workload;
  const { arrivals, failures, objective, provenance } = workload;
  return {
    schema: WORKLOAD_SCHEMA,
    name,
    description,
    source,
    ...(arrivals === undefined ? {} : { arrivals: arrivalsValue(arrivals) }),
    ...(failures === undefined ? {} : { failures: failuresValue(failures) }),
    ...(objective === undefined ? {} : { objective: objectiveValue(objective) }),
    stages: workflow.stages.map((stage) => stageValue(stage, profile[stage.id]!)),
    edges: workflow.edges.map(edgeValue),
    ...(provenance.length === 0 ? {} : { provenance }),
  };
}

function stageValue(stage: Stage, profile: StageProfile): Readonly<Record<string, unknown>> {
  const { content, runSigma, runFactor, noiseCv } = profile.skew;
  return {
    id: stage.id,
    workers: stage.workers,
    runtime: profile.runtime,
    package: profile.package,
    memoryMb: profile.memoryMb,
    initCpu: profile.initCpuMs,
    compute: computeValue(profile.compute),
    wait: profile.waitMs,
    skew: {
      content,
      run: runSigma,
      ...(runFactor === stage.id ? {} : { runFactor }),
      noise: noiseCv,
    },
    ...(profile.when === undefined ? {} : { when: profile.when }),
  };
}

function computeValue(compute: StageProfile["compute"]): Readonly<Record<string, unknown>> {
  if (compute.kind === "measured")
    return {
      byMemoryMb: Object.fromEntries(
        compute.sizes.map(({ memoryMb, timeMs }) => [String(memoryMb), timeMs]),
      ),
    };
  const { cpuMs, serialFraction, maxVcpus, parallelYield, oversubscription } = compute;
  return {
    cpu: cpuMs,
    serialFraction,
    maxVcpus,
    ...(parallelYield === 1 ? {} : { parallelYield }),
    ...(oversubscription === undefined ? {} : { oversubscription }),
  };
}

function edgeValue(edge: Edge): Readonly<Record<string, unknown>> {
  const { from, to, bytes, shape, scalesWithRun, parallelRequests } = edge;
  return {
    from,
    to,
    bytes,
    shape,
    ...(scalesWithRun ? { scalesWithRun } : {}),
    ...(parallelRequests === 1 ? {} : { parallelRequests }),
  };
}

function arrivalsValue(arrivals: Arrivals): unknown {
  switch (arrivals.kind) {
    case "once":
      return "once";
    case "poisson":
      return `poisson:${arrivals.perSecond}/s`;
    case "closed":
      return `closed:${arrivals.inFlight}`;
    case "timer":
      return `timer:${arrivals.everyMs}ms`;
    case "bursty": {
      const { calm, burst } = arrivals;
      const states = [calm, burst].map(({ perSecond, meanMs }) => `${perSecond}/s@${meanMs}ms`);
      return `bursty:${states.join(",")}`;
    }
    case "diurnal": {
      const { perSecond, base, peakMs, weekend } = arrivals;
      return `diurnal:${perSecond}/s,base=${base},peak=${peakMs}ms,weekend=${weekend}`;
    }
    case "timestamps":
      return { timestamps: arrivals.atMs };
    case "per-minute":
      return { perMinute: arrivals.counts, inside: arrivals.inside };
  }
}

function failuresValue({ retry, ...rates }: Failures): Readonly<Record<string, unknown>> {
  const { intervalMs, ...rule } = retry;
  return { ...rates, retry: { interval: intervalMs, ...rule } };
}

function objectiveValue(objective: ObjectiveDefaults): Readonly<Record<string, unknown>> {
  const { quantile, latencyMsMax, costUsdMax } = objective;
  return {
    quantile,
    ...(latencyMsMax === undefined ? {} : { slo: latencyMsMax }),
    ...(costUsdMax === undefined ? {} : { budget: costUsdMax }),
  };
}
