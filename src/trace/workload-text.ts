/** Writes a workload as the file that reads back as itself. */

import type { Arrivals } from "../plan/scenario.ts";
import type { StageProfile } from "../workflow/profile.ts";
import type { Workload } from "./workload.ts";
import { WORKLOAD_SCHEMA } from "./workload-schema.ts";

/** One line of JSON, without a newline: a workload file of bare numbers (ms, bytes, USD). */
export function workloadLine(workload: Workload): string {
  return JSON.stringify(documentOf(workload));
}

/** The same, indented for people, with a newline at the end. */
export function workloadText(workload: Workload): string {
  return `${JSON.stringify(documentOf(workload), null, 1)}\n`;
}

function documentOf(workload: Workload): object {
  const { name, description, source, workflow, profile, arrivals, objective, provenance } =
    workload;
  return {
    schema: WORKLOAD_SCHEMA,
    name,
    description,
    source,
    ...(arrivals === undefined ? {} : { arrivals: writtenArrivals(arrivals) }),
    ...(objective === undefined
      ? {}
      : {
          objective: {
            quantile: objective.quantile,
            slo: objective.latencyMsMax,
            budget: objective.costUsdMax,
          },
        }),
    stages: workflow.stages.map(({ id, workers }) => ({
      id,
      workers,
      ...writtenProfile(id, profile[id]!),
    })),
    edges: workflow.edges.map(({ from, to, bytes, shape, scalesWithRun, parallelRequests }) => ({
      from,
      to,
      bytes,
      shape,
      ...(scalesWithRun ? { scalesWithRun } : {}),
      ...(parallelRequests === 1 ? {} : { parallelRequests }),
    })),
    ...(provenance.length === 0 ? {} : { provenance }),
  };
}

function writtenProfile(id: string, profile: StageProfile): object {
  const { content, runSigma, runFactor, noiseCv } = profile.skew;
  return {
    runtime: profile.runtime,
    package: profile.package,
    memoryMb: profile.memoryMb,
    initCpu: profile.initCpuMs,
    compute: writtenCompute(profile.compute),
    wait: profile.waitMs,
    skew: {
      content,
      run: runSigma,
      ...(runFactor === id ? {} : { runFactor }),
      noise: noiseCv,
    },
  };
}

function writtenCompute(compute: StageProfile["compute"]): object {
  if (compute.kind === "measured")
    return {
      byMemoryMb: Object.fromEntries(
        compute.sizes.map(({ memoryMb, timeMs }) => [memoryMb, timeMs]),
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

function writtenArrivals(arrivals: Arrivals): string | object {
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
