/** Which steps start over together when one of them has lost what the others left in its VM. */

import type { Program } from "../physics/program.ts";
import { DisjointSets } from "../workflow/graph.ts";

/** Steps that start over together, in topological order. */
type RecoveryUnit = readonly number[];

/** What starts over, and what waits for what. */
export interface RecoveryUnits {
  readonly units: readonly RecoveryUnit[];
  /** Unit of each step. */
  readonly unitOf: Int32Array;
  /** Predecessors of each step. */
  readonly before: readonly (readonly number[])[];
}

/**
 * The steps of a group share its home VM, and readers of direct passing need the VMs they read from: both start
 * over together. Every other step is a unit of its own.
 */
export function recoveryUnitsOf({ steps, groups, stages }: Program): RecoveryUnits {
  const sets = new DisjointSets(steps.length);
  for (const group of groups) for (const s of group.steps) sets.join(group.steps[0]!, s);
  for (const step of steps)
    for (const edge of step.directIn) sets.join(stages[edge.from]!.step, step.index);
  const units: number[][] = [];
  const unitOf = new Int32Array(steps.length);
  const unitOfFirst = new Map<number, number>();
  const before = steps.map((): number[] => []);
  for (const step of steps) {
    const first = sets.first(step.index);
    const unit = unitOfFirst.get(first) ?? units.push([]) - 1;
    unitOfFirst.set(first, unit);
    units[unit]!.push(step.index);
    unitOf[step.index] = unit;
    for (const next of step.successors) before[next]!.push(step.index);
  }
  return { units, unitOf, before };
}

/** What has failed of one run. By step or, where it says so, by the step that is first in its unit. */
export class RunRecovery {
  /** Whether the step has ended, and whether it ever has. */
  readonly ended: Uint8Array;
  readonly delivered: Uint8Array;
  /** By the unit's number: whether it waits to start over, and how often it has. */
  readonly broken: Uint8Array;
  readonly restarts: Int32Array;

  constructor(program: Program) {
    const steps = program.steps.length;
    this.ended = new Uint8Array(steps);
    this.delivered = new Uint8Array(steps);
    this.broken = new Uint8Array(steps);
    this.restarts = new Int32Array(steps);
  }

  /** Nothing has. */
  begin(): void {
    this.ended.fill(0);
    this.delivered.fill(0);
    this.broken.fill(0);
    this.restarts.fill(0);
  }
}
