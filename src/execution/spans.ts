/** What every worker did, for those who ask: one span an execution, as a tracing system would see it. */

import type { Program } from "../physics/program.ts";
import { FETCH, PHASES, STORE, type VmSolver } from "../physics/vm.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";

/** The execution of one worker of one stage. Times in ms, sizes in bytes. */
export interface StageSpan {
  readonly run: number;
  readonly stage: string;
  readonly worker: number;
  /** Its VM within the run: the plan's group, and the place among the group's VMs; 0 is a home. */
  readonly group: number;
  readonly place: number;
  /** Which of the joins between groups it worked towards, by number: a step ends as a whole. */
  readonly step: number;
  /** When its VM could run code; until the first read it pulls from other VMs. */
  readonly readyMs: number;
  /** From its first read to its last write, the VM's start excluded. */
  readonly startMs: number;
  readonly endMs: number;
  readonly memoryMb: number;
  /** Whether its VM was started for it. */
  readonly cold: boolean;
  /** Start of its VM before that: sandbox and runtime, then handler; 0 when warm. */
  readonly coldMs: number;
  readonly handlerMs: number;
  /** Its own start inside the VM, and its work: with reading and writing, all of its time. */
  readonly startedMs: number;
  readonly computeMs: number;
  /** Reading and writing, and what went through the object store. */
  readonly fetchMs: number;
  readonly storeMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Receives spans in the order in which VMs begin to work. */
export type SpanSink = (span: StageSpan) => void;

/** Reports the jobs of a VM that begins at `fromMs` and ends, perhaps by force, at `endMs`. */
export function reportSpans(
  sink: SpanSink,
  program: Program,
  live: LiveRun,
  vm: LiveVm,
  solver: VmSolver,
  fromMs: number,
  endMs: number,
): void {
  const step = program.steps[vm.step]!;
  const { memoryMb } = program.groups[step.group]!;
  const cold = vm.cold && !(step.continuesHome && vm.place === 0);
  for (let j = 0; j < solver.jobs; j++)
    sink({
      run: live.run,
      stage: program.stages[step.stages[solver.stage[j]!]!]!.id,
      worker: solver.worker[j]!,
      group: step.group,
      place: vm.place,
      step: step.index,
      readyMs: vm.readyMs,
      startMs: Math.min(endMs, fromMs + solver.startMs[j]!),
      endMs: Math.min(endMs, fromMs + solver.finishMs[j]!),
      memoryMb,
      cold,
      coldMs: cold ? vm.coldMs : 0,
      handlerMs: cold ? vm.initMs : 0,
      startedMs: solver.startedMs(j),
      computeMs: solver.computedMs(j),
      fetchMs: solver.fetchedMs(j),
      storeMs: solver.storedMs(j),
      bytesIn: solver.demand[j * PHASES + FETCH]!,
      bytesOut: solver.demand[j * PHASES + STORE]!,
    });
}
