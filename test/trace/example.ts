/** A small workload file that is right in every way, for tests that make it wrong in one. */

/** Three stages; every sort of compute and several sorts of distribution. */
export const EXAMPLE = `schema: wisefuse/workload@1
name: video-analytics
description: Splits a video, classifies its frames, gathers the labels.
source: made up for tests
arrivals: poisson:6/m
objective: { quantile: 0.95, slo: 30s, budget: $0.004 }
stages:
  - id: split
    workers: 1
    runtime: python3.9
    package: { format: image, mb: 250 }
    memoryMb: { runtime: 300, worker: 400 }
    initCpu: 1.8s
    compute:
      byMemoryMb:
        1800: [50s, 51s]
        1000: { p50: 52.4s, p99.9: 60s, p95: 58s }
        5000: { lognormal: { median: 20s, sigma: 0.1 } }
    wait: 0
    skew: { content: 0, run: 0.03, noise: 0.05 }
  - id: classify
    workers: 3
    runtime: python3.9
    package: { format: zip, mb: 50 }
    memoryMb: { runtime: 300, worker: 400 }
    initCpu: 1800
    compute: { cpu: 15.7s, serialFraction: 0.36, maxVcpus: 6 }
    wait: { exponential: { mean: 20ms } }
    skew: { content: [1, 2, 3], run: 0.03, runFactor: video, noise: 0.05 }
  - id: gather
    workers: { uniform: { min: 1, max: 4 } }
    runtime: python3.9
    package: { format: zip, mb: 50 }
    memoryMb: { runtime: 300, worker: 400 }
    initCpu: 0
    compute:
      cpu: { mixture: [{ weight: 3, of: 1s }, { weight: 1, of: { constant: 4s } }] }
      serialFraction: 1
      maxVcpus: 1
      parallelYield: 0.6
      oversubscription: { threads: 12, penalty: 1.2, exponent: 1.5 }
    wait: 0
    skew: { content: 0.35, run: 0, noise: 0 }
edges:
  - { from: input, to: split, bytes: 20MB, shape: gather }
  - { from: split, to: classify, bytes: 64KiB, shape: scatter, scalesWithRun: true, parallelRequests: 8 }
  - { from: classify, to: gather, bytes: { quantiles: [[0, 1], [0.5, 1KB], [1, 2KB]] }, shape: shuffle }
  - { from: gather, to: output, bytes: 3.5MB, shape: gather }
provenance:
  - { path: stages.classify.compute, tag: derived, source: fit to three sizes }
  - { path: stages.split.compute.byMemoryMb.1000, tag: measured, source: 200 runs }
  - { path: edges.split->classify.bytes, tag: assumed, source: a guess }
`;

/** The example with its first `before` replaced by `after`; fails when there is none. */
export function exampleWith(before: string, after: string): string {
  if (!EXAMPLE.includes(before)) throw new Error(`the example has no ${JSON.stringify(before)}`);
  return EXAMPLE.replace(before, () => after);
}
