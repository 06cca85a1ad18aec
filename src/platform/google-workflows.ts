/** Google Cloud Functions (1st gen) with Workflows and Cloud Storage; every constant with its source. */

import { awsLambda2024 } from "./aws-lambda.ts";
import type { Platform } from "./platform.ts";

/** Per MB and ms at 2,048 MB: 2 GB at $0.0000025 and 2.4 GHz at $0.00001 a second. */
const USD_PER_MB_MS = (2 * 0.0000025 + 2.4 * 0.00001) / 2048 / 1000;

/** CPU and price linear in memory through 2,048 MB = 1 vCPU: exact there and at 4,096 MB, a little less CPU below. */
export const googleWorkflows: Platform = {
  name: "google-workflows",
  description: "Google Cloud Functions (1st gen), Workflows and Cloud Storage, about 2024",
  sources: {
    memory:
      "Google documentation, 1st gen: 128 to 8,192 MB in powers of two; 8,192 MB left out: no more CPU than 4,096",
    memoryMbPerVcpu:
      "Google documentation: 2,048 MB = 1 vCPU, 4,096 = 2; below it gives up to a third more than linear",
    nicBytesPerMs: "assumed: 600 Mbit/s, as AWS about 2022",
    store:
      "derived: AWS's, times STeLLAR's 1 MB hand-over of 155 ms against 111; ENDIVE's coarse 200 ms says more; tail as AWS: assumed",
    "store.connectionBytesPerMs": "assumed: as AWS, as are parts and connections",
    "orchestrator.hops": "SeBS-Flow artifact: warm hop P50/P95 by payload",
    "orchestrator.dispatchSpreadMs":
      "SeBS-Flow artifact: 16 tasks within 1.7-3.4 s; linear, and its sigma: assumed",
    "orchestrator.parallelStarts": "SeBS-Flow, 2024: 20 at once",
    "orchestrator.payloadBytesMax": "assumed: the largest payload measured",
    invokeMs: "STeLLAR, IISWC'21: warm call, median 17 ms, P99 47 ms",
    direct: "assumed: as AWS; no such path is documented",
    local: "assumed: as AWS",
    "coldStart.acquisitionMs":
      "derived: SeBS-Flow cold hop 1.5-1.7 s less the warm hop, STeLLAR's P99/median 1.8; includes the runtime's start; per MB: assumed as AWS",
    keepAliveMs: "Lin et al. 2025: idle instances kept about 900 s",
    concurrency:
      "3,000 instances (unverified); growth derived from STeLLAR's 100 calls at once, median 3.0 s, P99 4.6 s",
    "concurrency.retry": "assumed: starts queue, looked at every second, an hour at most",
    runMsMax: "1st gen: 9 min (unverified)",
    price:
      "Google, 1st gen: $0.0000025 per GB-s, $0.00001 per GHz-s, $0.40 per M requests; SeBS-Flow: $0.01 per 1,000 steps, 20 to AWS's 7: 3 a transition; store requests as S3 (unverified)",
    "price.billingStepMs": "Google, 1st gen: steps of 100 ms",
    "price.initBilled": "assumed: start-up is not billed",
  },
  memory: { minMb: 128, maxMb: 4096, stepMb: 128 },
  memorySizesMb: [128, 256, 512, 1024, 2048, 4096],
  memoryMbPerVcpu: 2048,
  maxVcpus: 2,
  nicBytesPerMs: [{ x: 128, y: 75_000 }],
  store: {
    ...awsLambda2024.store,
    get: { medianMs: 38, msPerMib: 0, sigma: 0.62, floorMs: 10 },
    put: { medianMs: 84, msPerMib: 28, sigma: 0.29, floorMs: 10 },
  },
  orchestrator: {
    hops: [
      { bytes: 0, p50Ms: 81, p95Ms: 146 },
      { bytes: 262_144, p50Ms: 156, p95Ms: 272 },
    ],
    dispatchSpreadMs: [
      { x: 1, y: 0 },
      { x: 16, y: 2550 },
      { x: 10_016, y: 1_702_550 },
    ],
    dispatchSigma: 0.33,
    parallelStarts: 20,
    payloadBytesMax: 262_144,
  },
  invokeMs: { lognormal: { median: 17, sigma: 0.437 } },
  direct: awsLambda2024.direct,
  local: awsLambda2024.local,
  coldStart: {
    acquisitionMs: { lognormal: { median: 1519, sigma: 0.253 } },
    acquisitionMsPerMb: 2,
    runtimeInitMs: {},
  },
  keepAliveMs: 900_000,
  concurrency: {
    limit: 3000,
    burst: 40,
    scaleOutPerSecond: 40,
    scope: "function",
    retry: { intervalMs: 1000, backoffRate: 1, maxAttempts: 3600 },
  },
  runMsMax: 540_000,
  price: {
    ...awsLambda2024.price,
    usdPerMbMs: USD_PER_MB_MS,
    usdPerRequest: 0.4e-6,
    usdPerTransition: 30e-6,
    billingStepMs: 100,
    initBilled: "none",
  },
};
