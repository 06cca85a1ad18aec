/** What every simulation of the runs of one workflow is made from, and how a clock drives it. */

import type { Clock } from "../des/simulator.ts";
import type { ArrivalProcess } from "../physics/arrivals.ts";
import type { Program } from "../physics/program.ts";
import type { RandomKey } from "../stats/random.ts";
import type { RunSink } from "./run-log.ts";
import type { SpanSink } from "./spans.ts";
import type { VmSupply } from "./vm-supply.ts";

/** The runs of one workflow on a clock that others may share. */
export interface Runs {
  /** Expects the first arrivals; the rest follows from events. */
  begin(): void;
  /** Handles an event that the clock was given by these runs. */
  handle(kind: number, subject: number): void;
}

/** What they are made from. */
export interface RunsSetting {
  readonly program: Program;
  /** Names the luck of all runs. */
  readonly root: RandomKey;
  readonly arrivals: ArrivalProcess;
  /** Most that arrive. */
  readonly runs: number;
  readonly sink: RunSink;
  readonly clock: Clock;
  readonly supply: VmSupply;
  readonly spans?: SpanSink | undefined;
}
