/** All families, in the order of the report. */

import { little, slowestLognormal } from "./extremes.ts";
import type { Family } from "./family.ts";
import {
  coldStream,
  erlangLoss,
  infiniteServers,
  keepAlive,
  throttled,
  tokenBucket,
} from "./many-servers.ts";
import { manyVcpus, processorSharing } from "./one-vm.ts";
import { forkJoin, singleServer } from "./waiting-lines.ts";

/** Queues with known answers that the simulator is held against. */
export const families: readonly Family[] = [
  singleServer,
  manyVcpus,
  throttled,
  infiniteServers,
  keepAlive,
  coldStream,
  processorSharing,
  erlangLoss,
  tokenBucket,
  forkJoin,
  slowestLognormal,
  little,
];
