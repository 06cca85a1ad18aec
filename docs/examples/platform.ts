/** Functions on VMs of our own: three sizes, a store on the same network, billed by the second. */

import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import type { Platform } from "../../src/platform/platform.ts";

const UNBOUNDED = Number.POSITIVE_INFINITY;

/** A private cluster that runs functions, as a first guess before anything is measured on it. */
export const ownCluster: Platform = {
  ...awsLambda2024,
  name: "own-cluster",
  description: "Functions on a private cluster of 64 nodes",
  sources: {
    all: "assumed: what no other entry names is as on aws-lambda-2024",
    memory: "our machine types: 2, 4 and 8 GB, a vCPU for every 2 GB",
    nicBytesPerMs: "data sheet: 10 Gbit/s",
    store: "assumed: a request of 5 ms and 100 MB/s a connection",
    keepAliveMs: "our configuration: 15 min",
    concurrency: "64 nodes, 16 of the smallest VMs on each",
    price: "our accounts: 0.03 USD per VM hour and 2 GB; nothing else is billed",
  },
  memory: { minMb: 2048, maxMb: 8192, stepMb: 2048 },
  memorySizesMb: [2048, 4096, 8192],
  memoryMbPerVcpu: 2048,
  maxVcpus: 4,
  nicBytesPerMs: [{ x: 0, y: 1_250_000 }],
  store: {
    get: { medianMs: 5, msPerMib: 0, sigma: 0.3, floorMs: 1 },
    put: { medianMs: 5, msPerMib: 0, sigma: 0.3, floorMs: 1 },
    connectionBytesPerMs: 100_000,
    partBytes: UNBOUNDED,
    connectionsMax: 1,
  },
  keepAliveMs: 900_000,
  concurrency: {
    ...awsLambda2024.concurrency,
    limit: 1024,
    burst: 1024,
    scaleOutPerSecond: 1024,
    scope: "account",
  },
  price: {
    usdPerMbMs: 0.03 / 2048 / 3_600_000,
    usdPerRequest: 0,
    usdPerTransition: 0,
    usdPerPut: 0,
    usdPerGet: 0,
    billingStepMs: 1000,
    minimumBilledMs: 1000,
    initBilled: "all",
  },
};
