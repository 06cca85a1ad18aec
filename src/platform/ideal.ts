/** A cloud without overhead: no hop, no transfer time, no cold start, no limit. Makes critical paths exact. */

import { awsLambda2024 } from "./aws-lambda.ts";
import type { Platform } from "./platform.ts";

const NOTHING = { medianMs: 0, msPerMib: 0, sigma: 0, floorMs: 0 };
const UNBOUNDED = Number.POSITIVE_INFINITY;

/** Same sizes, CPU rule and GB-second price as AWS; everything else free and immediate. */
export const ideal: Platform = {
  name: "ideal",
  description: "No overhead at all: compute time and GB-seconds only",
  sources: {
    all: "by definition: no overhead; sizes, CPU rule and GB-second price of aws-lambda-2024",
  },
  memory: awsLambda2024.memory,
  memorySizesMb: awsLambda2024.memorySizesMb,
  memoryMbPerVcpu: awsLambda2024.memoryMbPerVcpu,
  maxVcpus: awsLambda2024.maxVcpus,
  nicBytesPerMs: [{ x: 0, y: UNBOUNDED }],
  store: {
    get: NOTHING,
    put: NOTHING,
    connectionBytesPerMs: UNBOUNDED,
    partBytes: UNBOUNDED,
    connectionsMax: 1,
  },
  orchestrator: {
    hops: [{ bytes: 0, p50Ms: 0, p95Ms: 0 }],
    dispatchSpreadMs: [{ x: 1, y: 0 }],
    dispatchSigma: 0,
    parallelStarts: UNBOUNDED,
    payloadBytesMax: UNBOUNDED,
  },
  invokeMs: 0,
  direct: { setupMs: 0, connectionBytesPerMs: UNBOUNDED },
  local: { bytesPerMs: UNBOUNDED, processStartMs: 0 },
  coldStart: { acquisitionMs: 0, acquisitionMsPerMb: 0, runtimeInitMs: {} },
  keepAliveMs: UNBOUNDED,
  concurrency: {
    limit: UNBOUNDED,
    burst: UNBOUNDED,
    scaleOutPerSecond: UNBOUNDED,
    scope: "account",
    retry: { intervalMs: 0, backoffRate: 1, maxAttempts: 0 },
  },
  runMsMax: UNBOUNDED,
  price: {
    usdPerMbMs: awsLambda2024.price.usdPerMbMs,
    usdPerRequest: 0,
    usdPerTransition: 0,
    usdPerPut: 0,
    usdPerGet: 0,
    billingStepMs: 0,
    minimumBilledMs: 0,
    initBilled: "none",
  },
};
