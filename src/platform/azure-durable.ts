/** Azure Functions on the Consumption plan with Durable Functions and Blob storage; every constant with its source. */

import { awsLambda2024 } from "./aws-lambda.ts";
import type { Platform } from "./platform.ts";

/** What is billed: memory in use, rounded up to this, MB. */
const STEP_MB = 128;
const MAX_MB = 1536;

/**
 * An instance always has one vCPU, whatever memory is used, and memory in use is what is billed: so a size
 * here is the billed memory, and all sizes compute alike. That an instance serves several activities at once
 * is not modelled: each use has its instance to itself.
 */
export const azureDurable: Platform = {
  name: "azure-durable",
  description: "Azure Functions (Consumption), Durable Functions and Blob storage, about 2024",
  sources: {
    memory:
      "Microsoft, Azure Functions limits: 1.5 GB and one CPU an instance; Lin et al. 2025: use rounded up to 128 MB",
    nicBytesPerMs: "assumed: 600 Mbit/s, as AWS about 2022",
    store: "ENDIVE, 2025, weak data: GET 38 ms, sigma .66; PUT 45 ms + 25 ms/MiB, sigma .5",
    "store.connectionBytesPerMs": "assumed: as AWS, as are parts and connections",
    "orchestrator.hops": "SeBS-Flow artifact: warm hop P50/P95 by payload, Azure Storage provider",
    "orchestrator.dispatchSpreadMs":
      "SeBS-Flow artifact: 16 short tasks within 9.2 s; linear, and its sigma: assumed",
    "orchestrator.parallelStarts": "SeBS-Flow, 2024: unlimited",
    "orchestrator.payloadBytesMax": "assumed: the largest payload measured",
    invokeMs: "STeLLAR, IISWC'21: warm call, median 25 ms, P99 75 ms",
    direct: "assumed: as AWS; no such path is documented",
    local: "assumed: as AWS",
    "coldStart.acquisitionMs":
      "STeLLAR: cold median 1,401 ms less the warm call, P99/median 2.6; includes the runtime's start; per MB: assumed as AWS",
    keepAliveMs: "Lin et al. 2025: idle instances kept 120-360 s",
    concurrency:
      "Microsoft: 200 instances an app (Windows); rate derived from STeLLAR's 100 calls at once, median 18.6 s (its P99 of 38.5 s comes out at 25; Microsoft: at most 1 per s for HTTP, 1 per 30 s otherwise)",
    "concurrency.retry": "assumed: starts queue, looked at every second, an hour at most",
    runMsMax: "Microsoft, Azure Functions limits: 10 min",
    price:
      "SeBS-Flow: $0.000016 per GB-s, $0.20 per M requests, about $0.000355 per 1,000 orchestration steps; store requests as S3 (unverified)",
    "price.minimumBilledMs": "Lin et al. 2025: 1 ms steps, 100 ms at least",
    "price.initBilled": "assumed: start-up is not billed",
  },
  memory: { minMb: STEP_MB, maxMb: MAX_MB, stepMb: STEP_MB },
  memorySizesMb: Array.from({ length: MAX_MB / STEP_MB }, (_, i) => (i + 1) * STEP_MB),
  memoryMbPerVcpu: STEP_MB,
  maxVcpus: 1,
  nicBytesPerMs: [{ x: STEP_MB, y: 75_000 }],
  store: {
    ...awsLambda2024.store,
    get: { medianMs: 38, msPerMib: 0, sigma: 0.66, floorMs: 10 },
    put: { medianMs: 45, msPerMib: 25, sigma: 0.5, floorMs: 10 },
  },
  orchestrator: {
    hops: [
      { bytes: 0, p50Ms: 690, p95Ms: 1704 },
      { bytes: 16_384, p50Ms: 1300, p95Ms: 2680 },
      { bytes: 65_536, p50Ms: 2440, p95Ms: 4590 },
      { bytes: 262_144, p50Ms: 6070, p95Ms: 12_400 },
    ],
    dispatchSpreadMs: [
      { x: 1, y: 0 },
      { x: 16, y: 9200 },
      { x: 10_016, y: 6_142_533 },
    ],
    dispatchSigma: 0.33,
    parallelStarts: Number.POSITIVE_INFINITY,
    payloadBytesMax: 262_144,
  },
  invokeMs: { lognormal: { median: 25, sigma: 0.472 } },
  direct: awsLambda2024.direct,
  local: awsLambda2024.local,
  coldStart: {
    acquisitionMs: { lognormal: { median: 1376, sigma: 0.411 } },
    acquisitionMsPerMb: 2,
    runtimeInitMs: {},
  },
  keepAliveMs: { uniform: { min: 120_000, max: 360_000 } },
  concurrency: {
    limit: 200,
    burst: 1,
    scaleOutPerSecond: 0.35,
    scope: "account",
    retry: { intervalMs: 1000, backoffRate: 1, maxAttempts: 3600 },
  },
  runMsMax: 600_000,
  price: {
    ...awsLambda2024.price,
    usdPerMbMs: 0.000016 / 1024 / 1000,
    usdPerTransition: 0.355e-6,
    minimumBilledMs: 100,
    initBilled: "none",
  },
};
