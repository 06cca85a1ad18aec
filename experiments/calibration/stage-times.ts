/** What the project's own physics gives for the VMs of one stage: no formula is repeated here. */

import { assert } from "../../src/check.ts";
import { compile } from "../../src/physics/compile.ts";
import { RunDraws } from "../../src/physics/draws.ts";
import { fillVm, vmCount } from "../../src/physics/fill.ts";
import { VmSolver } from "../../src/physics/vm.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { rootKey } from "../../src/stats/random.ts";
import { quantileOfSorted, sortedSample } from "../../src/stats/summary.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { type PhaseTimes, type Spread, withTotal } from "./jolteon-data.ts";

/** How the VMs of the stage are laid out. */
export type Layout = Pick<VmGroup, "workersPerVm" | "memoryMb" | "concurrency" | "isolation">;

/** Times of the VMs of every run, ms: `[run][vm]`. */
export interface VmTimes {
  readonly read: readonly Float64Array[];
  readonly compute: readonly Float64Array[];
  readonly write: readonly Float64Array[];
  readonly total: readonly Float64Array[];
}

/** Solves every VM of `stage` for `runs` warm runs. */
export function vmTimes(
  workload: Workload,
  platform: Platform,
  stage: string,
  layout: Layout,
  runs: number,
  passing: ExecutionPlan["passing"] = {},
): VmTimes {
  const { workflow, profile } = workload;
  const scenario = { workflow, profile, platform, arrivals: { kind: "once" } } as const;
  const base = unfusedPlan(workflow, () => platform.memory.maxMb);
  const plan = {
    ...base,
    passing: { ...base.passing, ...passing },
    groups: base.groups.map((group) =>
      group.stages[0] === stage ? { ...group, ...layout } : group,
    ),
  };
  const faults = checkPlan(scenario, plan);
  assert(faults.length === 0, faults.map((fault) => fault.message).join("; "));
  const program = compile(scenario, plan);
  const step = program.steps[program.stages.find((one) => one.id === stage)!.step]!;
  const solver = new VmSolver();
  const draws = new RunDraws(program, false);
  const tally = { gets: 0, puts: 0, bytes: 0 };
  const root = rootKey("calibration");
  const times = { read: [], compute: [], write: [], total: [] } as Record<
    keyof VmTimes,
    Float64Array[]
  >;
  for (let run = 0; run < runs; run++) {
    draws.draw(root, run);
    const count = vmCount(program, step, draws);
    for (const list of Object.values(times)) list.push(new Float64Array(count));
    for (let vm = 0; vm < count; vm++) {
      fillVm(program, step, vm, false, draws, solver, tally);
      solver.solve(step.vm);
      const { readMs, writeMs } = transfersOf(solver);
      times.read[run]![vm] = readMs;
      times.write[run]![vm] = writeMs;
      times.compute[run]![vm] = solver.totalMs - readMs - writeMs;
      times.total[run]![vm] = solver.totalMs;
    }
  }
  return times;
}

// Along the chain of jobs that ends last. The data define compute as what is neither read nor write.
function transfersOf(solver: VmSolver): { readMs: number; writeMs: number } {
  let readMs = 0;
  let writeMs = 0;
  for (let j = solver.lastJob; j >= 0; j = solver.trigger[j]!) {
    readMs += solver.fetchedMs(j);
    writeMs += solver.storedMs(j);
  }
  return { readMs, writeMs };
}

/** Mean and P95 over the VMs of a run, each averaged over the runs. */
export function phaseTimes(times: VmTimes): PhaseTimes {
  return withTotal({
    read: spreadOf(times.read),
    compute: spreadOf(times.compute),
    write: spreadOf(times.write),
  });
}

function spreadOf(byRun: readonly Float64Array[]): Spread {
  let mean = 0;
  let p95 = 0;
  for (const vms of byRun) {
    mean += vms.reduce((sum, ms) => sum + ms, 0) / vms.length;
    p95 += quantileOfSorted(sortedSample(vms), 0.95);
  }
  return { mean: mean / byRun.length, p95: p95 / byRun.length };
}

/** Slowest VM of each run, ms, ascending. */
export function slowest(times: VmTimes): Float64Array {
  return Float64Array.from(times.total, (vms) => vms.reduce((a, b) => Math.max(a, b))).sort();
}
