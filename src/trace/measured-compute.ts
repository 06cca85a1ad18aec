/** Times measured at memory sizes as a stage's compute, and starts as a handler's. */

import { awsLambda2024 } from "../platform/aws-lambda.ts";
import { samplerOf } from "../stats/families.ts";
import type { StageProfile } from "../workflow/profile.ts";
import { type Fact, oneThread } from "./assembly.ts";
import { medianOf, specOf, toMicroseconds } from "./samples.ts";
import type { ImportOptions } from "./trace-format.ts";

/** A measured time is at least this, ms. */
const LEAST_MS = 0.001;

/**
 * Compute of a stage from samples by memory size in MB; NaN for a size that is not told. Sizes stay
 * apart, so that only what lies between them can be planned, unless all are taken for one CPU-bound
 * thread, or one is unknown: then times shrink with the vCPU share, up to one vCPU.
 */
export function measuredCompute(
  samplesMs: ReadonlyMap<number, Float64Array>,
  { tag, source }: Omit<Fact<never>, "value">,
  options: Pick<ImportOptions, "oneThread">,
): Fact<StageProfile["compute"]> {
  const unsized = samplesMs.has(Number.NaN);
  if (unsized || options.oneThread) {
    const cpuMs = [...samplesMs].map(([memoryMb, sample]) =>
      sample.map((ms) => toMicroseconds(ms * vcpusOf(memoryMb))),
    );
    const why = unsized ? ", as the memory size is not told" : "";
    return {
      value: oneThread(specOf(joined(cpuMs))),
      tag: "derived",
      source: `${source}; one CPU-bound thread assumed${why}`,
    };
  }
  return {
    value: {
      kind: "measured",
      sizes: [...samplesMs]
        .map(([memoryMb, sample]) => ({ memoryMb, timeMs: specOf(aboveZero(sample)) }))
        .toSorted((a, b) => a.memoryMb - b.memoryMb),
    },
    tag,
    source,
  };
}

/** vCPUs of a single thread in a VM of `memoryMb` on AWS Lambda; one where the size is unknown. */
export function vcpusOf(memoryMb: number): number {
  return Number.isNaN(memoryMb) ? 1 : Math.min(1, memoryMb / awsLambda2024.memoryMbPerVcpu);
}

/** vCPU-ms of a handler start, from starts of runtime and handler together as AWS Lambda reports them. */
export function handlerStart(initMs: ArrayLike<number>, runtime: string): Fact<number> | undefined {
  if (initMs.length === 0) return undefined;
  const known = awsLambda2024.coldStart.runtimeInitMs[runtime]?.zip;
  const runtimeMs = known === undefined ? 0 : samplerOf(known)(0.5);
  return {
    value: toMicroseconds(Math.max(0, medianOf(initMs) - runtimeMs)),
    tag: "derived",
    source: `median of ${initMs.length} starts less ${toMicroseconds(runtimeMs)} ms of ${runtime} on ${awsLambda2024.name}`,
  };
}

// Between sizes times are compared by their ratio, which nothing has to a time of 0.
function aboveZero(sample: Float64Array): Float64Array {
  return sample.every((ms) => ms >= LEAST_MS) ? sample : sample.map((ms) => Math.max(ms, LEAST_MS));
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
