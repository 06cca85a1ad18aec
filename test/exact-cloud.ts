/** A cloud of round, constant numbers: every hop, start, transfer and fee can be added up by hand. */

import { ideal } from "../src/platform/ideal.ts";
import type { Platform } from "../src/platform/platform.ts";

const request = (medianMs: number) => ({ medianMs, msPerMib: 0, sigma: 0, floorMs: 0 });

/** Time of a cold start without a handler: 200 ms + 10 MB x 1 ms + 50 ms for the runtime. */
export const COLD_MS = 260;

/** Hop 100 ms, call 20 ms, GET 10 ms, PUT 30 ms, every link 1,000 bytes/ms, a fee for everything. */
export const exactCloud: Platform = {
  ...ideal,
  name: "exact",
  description: "Round, constant numbers",
  nicBytesPerMs: [{ x: 0, y: 1000 }],
  store: {
    get: request(10),
    put: request(30),
    connectionBytesPerMs: 1000,
    partBytes: Number.POSITIVE_INFINITY,
    connectionsMax: 1,
  },
  orchestrator: {
    ...ideal.orchestrator,
    hops: [
      { bytes: 0, p50Ms: 100, p95Ms: 100 },
      { bytes: 100_000, p50Ms: 200, p95Ms: 200 },
    ],
    payloadBytesMax: 100_000,
  },
  invokeMs: 20,
  direct: { setupMs: 5, connectionBytesPerMs: 1000 },
  local: { bytesPerMs: 10_000, processStartMs: 7 },
  coldStart: {
    acquisitionMs: 200,
    acquisitionMsPerMb: 1,
    runtimeInitMs: { "python3.12": { zip: 50, image: 50 }, nodejs20: { zip: 50, image: 50 } },
  },
  price: {
    usdPerMbMs: 1e-9,
    usdPerRequest: 1e-3,
    usdPerTransition: 1e-2,
    usdPerPut: 1e-1,
    usdPerGet: 1,
    billingStepMs: 10,
    minimumBilledMs: 0,
    initBilled: "none",
  },
};
