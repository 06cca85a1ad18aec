/** How long data takes: store requests, connections, orchestrator hops, parallel dispatch. Scalar formulas. */

import { lawAt, type HopRow, type Platform, type RequestLatency } from "../platform/platform.ts";
import { exp, ln, normalQuantile, power } from "../stats/numeric.ts";

const MIB = 1024 * 1024;
/** Standard normal deviate of 95 %. */
const Z95 = 1.6448536269514722;

/**
 * Latency of `count` store requests of `bytes` each at once, ms: the slowest of that many lognormals,
 * from one uniform `u` (`F_max = F^count`).
 */
export function requestMs(
  latency: RequestLatency,
  bytes: number,
  count: number,
  u: number,
): number {
  const medianMs = latency.medianMs + (latency.msPerMib * bytes) / MIB;
  if (latency.sigma === 0) return Math.max(latency.floorMs, medianMs);
  const slowest = count === 1 ? u : power(u, 1 / count);
  return Math.max(latency.floorMs, medianMs * exp(latency.sigma * normalQuantile(slowest)));
}

/** Rate limit of reading or writing `objects` objects of `bytes` each together: connections times their rate. */
export function storeRate(store: Platform["store"], bytes: number, objects: number): number {
  const parts = Math.max(1, Math.ceil(bytes / store.partBytes));
  const rate = store.connectionBytesPerMs * Math.min(store.connectionsMax, objects * parts);
  return Math.min(rate, 1e15);
}

/** Time the orchestrator takes from one stage's end to the next one's start with `bytes` of payload, ms. */
export function hopMs(hops: readonly HopRow[], bytes: number, u: number): number {
  let i = 1;
  while (i < hops.length - 1 && hops[i]!.bytes < bytes) i++;
  const low = hops[Math.min(i, hops.length) - 1]!;
  const high = hops[Math.min(i, hops.length - 1)]!;
  const span = high.bytes - low.bytes;
  const part = span === 0 ? 0 : Math.min(1, Math.max(0, (bytes - low.bytes) / span));
  const p50Ms = low.p50Ms + part * (high.p50Ms - low.p50Ms);
  const p95Ms = low.p95Ms + part * (high.p95Ms - low.p95Ms);
  if (p95Ms === p50Ms) return p50Ms;
  return p50Ms * exp((ln(p95Ms / p50Ms) / Z95) * normalQuantile(u));
}

/** First-to-last spread of `count` parallel starts, ms. */
export function dispatchSpreadMs(platform: Platform, count: number, u: number): number {
  const { dispatchSpreadMs: law, dispatchSigma } = platform.orchestrator;
  if (count < 2) return 0;
  const medianMs = lawAt(law, count);
  return dispatchSigma === 0 || medianMs === 0
    ? medianMs
    : medianMs * exp(dispatchSigma * normalQuantile(u));
}
