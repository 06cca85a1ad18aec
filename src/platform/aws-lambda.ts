/** AWS Lambda with Step Functions and S3, as measured around 2022 and around 2024; every constant with its source. */

import type { DistributionSpec } from "../stats/families.ts";
import type { Platform } from "./platform.ts";

const lognormal = (median: number, sigma: number): DistributionSpec => ({
  lognormal: { median, sigma },
});

// Sizes a planner tries: 64 MB steps where a step is a large part of the size, whole vCPUs, then 1 GB steps.
const LADDER_MB = [
  128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1769, 2048, 2560, 3008, 3538,
  4096, 5307, 6144, 7076, 8192, 8845, 10240,
];

const RUNTIME_INIT_MS: Platform["coldStart"]["runtimeInitMs"] = {
  "python3.12": { zip: lognormal(92.8, 0.2), image: lognormal(160.8, 0.285) },
  "python3.9": { zip: lognormal(82.3, 0.19), image: lognormal(149.9, 0.255) },
  nodejs20: { zip: lognormal(141.9, 0.11), image: lognormal(287.1, 0.295) },
  java11: { zip: lognormal(272.1, 0.083), image: lognormal(361.4, 0.3) },
  java21: { zip: lognormal(278.7, 0.245), image: lognormal(361.4, 0.3) },
  dotnet8: { zip: lognormal(280.1, 0.25), image: lognormal(361.4, 0.3) },
  go: { zip: lognormal(47.9, 0.095), image: lognormal(47.9, 0.095) },
  rust: { zip: lognormal(16.8, 0.26), image: lognormal(16.8, 0.26) },
};

const SOURCES = {
  memory: "AWS Lambda documentation, memory configuration; 128-10,240 MB since Dec 2020",
  memoryMbPerVcpu: "AWS Lambda documentation: 1,769 MB = 1 vCPU",
  "store.get": "ENDIVE, in-region client, 2025: median 27 ms, sigma .62, floor 10 ms",
  "store.put": "ENDIVE, 2025: median 60 ms + 20 ms/MiB, sigma .29, floor 10 ms",
  "store.connectionBytesPerMs": "AWS S3 performance guide: 85-90 MB/s a connection",
  "store.partBytes": "AWS S3 performance guide advises ranges of 8-16 MB; 10 connections: assumed",
  "orchestrator.dispatchSpreadMs":
    "SeBS-Flow artifact, Nov 2023, warm, 2-16 tasks, P50; sigma from P95/P50 at 16; beyond 16 the mean rate: assumed",
  "orchestrator.parallelStarts": "SeBS-Flow, 2024: inline Map runs 40 at once",
  "orchestrator.payloadBytesMax": "AWS Step Functions developer guide: 262,144 bytes",
  invokeMs: "STeLLAR, IISWC'21: warm call, median 18 ms, P99 74 ms",
  direct: "assumed: functions of one account reach each other at NIC speed after a 10 ms set-up",
  local: "assumed: 2 GB/s pipe or memory copy; 10 ms to fork a process (5-20 ms)",
  "coldStart.acquisitionMs":
    "derived: SeBS-Flow cold hop about 440 ms less warm hop and runtime start, 2022-2024; sigma from STeLLAR's P99/median 1.6; per MB: assumed",
  "coldStart.runtimeInitMs":
    "lambda-perf, 2024, lognormal fits; go and rust image as zip, dotnet image as java: assumed",
  "concurrency.retry":
    "assumed: the retrier Step Functions generates for Lambda (1 s, doubling, 3 times)",
  runMsMax: "AWS Lambda developer guide: 15 min",
  price:
    "AWS price list, us-east class: $0.0000166667 per GB-s, $0.20 per M requests, $0.025 per 1,000 transitions; S3 $0.005 per 1,000 PUT, $0.0004 per 1,000 GET (unverified)",
  "price.initBilled": "assumed: start-up billed for images only until Aug 2025",
} as const;

const COMMON = {
  memory: { minMb: 128, maxMb: 10240, stepMb: 1 },
  memorySizesMb: LADDER_MB,
  memoryMbPerVcpu: 1769,
  maxVcpus: 10240 / 1769,
  store: {
    get: { medianMs: 27, msPerMib: 0, sigma: 0.62, floorMs: 10 },
    put: { medianMs: 60, msPerMib: 20, sigma: 0.29, floorMs: 10 },
    connectionBytesPerMs: 88_000,
    partBytes: 8 * 1024 * 1024,
    connectionsMax: 10,
  },
  invokeMs: lognormal(18, 0.608),
  direct: { setupMs: 10, connectionBytesPerMs: 375_000 },
  local: { bytesPerMs: 2_000_000, processStartMs: 10 },
  coldStart: {
    acquisitionMs: lognormal(170, 0.2),
    acquisitionMsPerMb: 2,
    runtimeInitMs: RUNTIME_INIT_MS,
  },
  runMsMax: 900_000,
  price: {
    usdPerMbMs: 0.0000166667 / 1024 / 1000,
    usdPerRequest: 0.2e-6,
    usdPerTransition: 25e-6,
    usdPerPut: 5e-6,
    usdPerGet: 0.4e-6,
    billingStepMs: 1,
    minimumBilledMs: 0,
    initBilled: "image",
  },
} as const satisfies Partial<Platform>;

// First-to-last spread of N parallel starts; from 16 on at the mean rate of 9.3 ms a start.
const DISPATCH = {
  dispatchSpreadMs: [
    { x: 1, y: 0 },
    { x: 2, y: 12 },
    { x: 4, y: 23 },
    { x: 8, y: 36 },
    { x: 16, y: 140 },
    { x: 10_016, y: 93_140 },
  ],
  dispatchSigma: 0.33,
  parallelStarts: 40,
  payloadBytesMax: 262_144,
};

/** AWS around 2024: faster growth of concurrency, network that scales with memory, slower hops. */
export const awsLambda2024: Platform = {
  ...COMMON,
  name: "aws-lambda-2024",
  description: "AWS Lambda, Step Functions Standard and S3 as measured around 2024",
  sources: {
    ...SOURCES,
    nicBytesPerMs:
      "aws-network-benchmark issue 2: 625 Mbit/s at 2 GB to 3,000 at 10 GB outside a VPC; Jolteon's read times agree",
    "orchestrator.hops": "SeBS-Flow artifact, Jan 2024: warm hop P50/P95 by payload",
    keepAliveMs: "Lin et al. 2025: AWS keeps idle VMs 300-360 s",
    concurrency: "AWS Lambda documentation: 1,000 concurrent; +1,000 per function per 10 s",
  },
  nicBytesPerMs: [
    { x: 2048, y: 78_125 },
    { x: 10240, y: 375_000 },
  ],
  orchestrator: {
    ...DISPATCH,
    hops: [
      { bytes: 0, p50Ms: 160, p95Ms: 240 },
      { bytes: 65_536, p50Ms: 238, p95Ms: 327 },
      { bytes: 262_144, p50Ms: 425, p95Ms: 507 },
    ],
  },
  keepAliveMs: 330_000,
  concurrency: {
    limit: 1000,
    burst: 1000,
    scaleOutPerSecond: 100,
    scope: "function",
    retry: { intervalMs: 1000, backoffRate: 2, maxAttempts: 3 },
  },
};

/** AWS around 2022, the time of the papers: flat network, account-wide burst limit, longer keep-alive. */
export const awsLambda2022: Platform = {
  ...COMMON,
  name: "aws-lambda-2022",
  description: "AWS Lambda, Step Functions Standard and S3 as measured around 2022",
  sources: {
    ...SOURCES,
    nicBytesPerMs: "aws-network-benchmark: about 600 Mbit/s sustained at every size",
    "orchestrator.hops": "SeBS-Flow artifact, 2022: warm hop P50/P95 by payload",
    keepAliveMs: "STeLLAR, IISWC'21: AWS reclaims idle VMs at 10 min",
    concurrency:
      "AWS Lambda developer guide to 2023: 1,000 concurrent, regional burst 3,000, then 500 per min",
  },
  nicBytesPerMs: [{ x: 128, y: 75_000 }],
  orchestrator: {
    ...DISPATCH,
    hops: [
      { bytes: 0, p50Ms: 100, p95Ms: 122 },
      { bytes: 65_536, p50Ms: 150, p95Ms: 203 },
      { bytes: 262_144, p50Ms: 393, p95Ms: 540 },
    ],
  },
  keepAliveMs: 600_000,
  concurrency: {
    limit: 1000,
    burst: 3000,
    scaleOutPerSecond: 500 / 60,
    scope: "account",
    retry: { intervalMs: 1000, backoffRate: 2, maxAttempts: 3 },
  },
};
