/** Which simulation does for a program: the least of them that has all that can happen in it. */

import { CallRuns, isOneCall } from "./call-runs.ts";
import { isPlain, PlainRuns } from "./plain-runs.ts";
import type { Runs, RunsSetting } from "./runs.ts";
import { Simulation } from "./simulation.ts";

/** The simulation of some runs; rows are the same, bit for bit, whichever it is. */
export function simulationOf(setting: RunsSetting): Runs {
  const { program, spans } = setting;
  if (spans !== undefined || !isPlain(program)) return new Simulation(setting);
  return isOneCall(program) ? new CallRuns(setting) : new PlainRuns(setting);
}
