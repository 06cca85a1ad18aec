/** Which simulation does for a program: the least of them that has all that can happen in it. */

import type { Clock } from "../des/simulator.ts";
import type { ArrivalProcess } from "../physics/arrivals.ts";
import type { Program } from "../physics/program.ts";
import type { RandomKey } from "../stats/random.ts";
import { CallRuns, isOneCall } from "./call-runs.ts";
import { isPlain, PlainRuns } from "./plain-runs.ts";
import type { RunSink } from "./run-log.ts";
import { Simulation } from "./simulation.ts";
import type { SpanSink } from "./spans.ts";
import type { VmSupply } from "./vm-supply.ts";

/** The runs of one workflow on a clock: begun once, then told of the events that they asked for. */
interface Runs {
  begin(): void;
  handle(kind: number, subject: number): void;
}

type Simulates = new (
  program: Program,
  root: RandomKey,
  arrivals: ArrivalProcess,
  runs: number,
  sink: RunSink,
  clock: Clock,
  supply: VmSupply,
  spans: SpanSink | undefined,
) => Runs;

/** The simulation for the runs of a program; rows are the same, bit for bit, whichever it is. */
export function simulationFor(program: Program, spans: SpanSink | undefined): Simulates {
  if (spans !== undefined || !isPlain(program)) return Simulation;
  return isOneCall(program) ? CallRuns : PlainRuns;
}
