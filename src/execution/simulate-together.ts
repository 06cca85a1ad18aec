/** Several workflows on one platform: one clock and one account for all, warm VMs each of its own. */

import { assert, InputError } from "../check.ts";
import { type Clock, Simulator } from "../des/simulator.ts";
import { compile } from "../physics/compile.ts";
import { checkPlan } from "../plan/check-plan.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";
import type { ConcurrencyRule } from "../platform/platform.ts";
import { rootKey } from "../stats/random.ts";
import { Account } from "./account.ts";
import { type ArrivalProcess, arrivalProcess } from "../physics/arrivals.ts";
import { EVENTS_MAX } from "./simulate.ts";
import { simulationOf } from "./simulation-of.ts";
import { VmSupply } from "./vm-supply.ts";

/** A workflow with the plan it runs under. */
export interface Tenant {
  readonly scenario: Scenario;
  readonly plan: ExecutionPlan;
}

/** How long to simulate, with which luck, under which limits of the account. */
export interface TogetherOptions {
  /** Runs arrive until then, ms; those that have arrived run to their end. */
  readonly untilMs: number;
  /** Any text. The luck of a workflow is named by it and the workflow's name, whoever else is there. */
  readonly seed: string;
  /** Replaces those of the tenants' platforms. */
  readonly concurrency: ConcurrencyRule;
}

/** Receives each run's row (one number per RUN_COLUMNS, reused), its status, and whose it is, as they end. */
export type TogetherSink = (row: Float64Array, status: number, tenant: number) => void;

/**
 * Simulates all workflows at once and hands each run to `sink` in order of completion. Returns the number of events.
 * @throws InputError plan, naming every rule that a plan breaks.
 */
export function simulateTogether(
  tenants: readonly Tenant[],
  { untilMs, seed, concurrency }: TogetherOptions,
  sink: TogetherSink,
): number {
  const clock = new Simulator({ eventsMax: EVENTS_MAX });
  const programs = tenants.map(({ scenario, plan }) => {
    const faults = checkPlan(scenario, plan);
    if (faults.length > 0) throw new InputError("plan", faults, scenario.workflow.name);
    return compile(scenario, plan);
  });
  const groups = programs.reduce((sum, program) => sum + program.groups.length, 0);
  const account = new Account(concurrency, groups);
  let firstGroup = 0;
  const simulations = programs.map((program, tenant) => {
    const { workflow, arrivals } = tenants[tenant]!.scenario;
    const root = rootKey(`${seed}/${workflow.name}`);
    const supply = new VmSupply(program, account, firstGroup);
    firstGroup += program.groups.length;
    return simulationOf({
      program,
      root,
      arrivals: ending(arrivalProcess(arrivals, root), untilMs),
      runs: Number.POSITIVE_INFINITY,
      sink: (row, status) => sink(row, status, tenant),
      clock: new TenantClock(clock, tenant, tenants.length),
      supply,
    });
  });
  for (const simulation of simulations) simulation.begin();
  clock.run((kind, subject) => {
    const tenant = subject % simulations.length;
    simulations[tenant]!.handle(kind, (subject - tenant) / simulations.length);
  });
  return clock.events;
}

function ending(arrivals: ArrivalProcess, untilMs: number): ArrivalProcess {
  return {
    ...arrivals,
    next: (run, previousMs) => {
      const atMs = arrivals.next(run, previousMs);
      return atMs <= untilMs ? atMs : Number.POSITIVE_INFINITY;
    },
  };
}

const SUBJECT_MAX = 2147483648;

/** The common clock as one tenant sees it: the subjects of its events carry its number. */
class TenantClock implements Clock {
  readonly #clock: Simulator;
  readonly #tenant: number;
  readonly #tenants: number;

  constructor(clock: Simulator, tenant: number, tenants: number) {
    this.#clock = clock;
    this.#tenant = tenant;
    this.#tenants = tenants;
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  at(timeMs: number, kind: number, subject: number): void {
    const named = subject * this.#tenants + this.#tenant;
    assert(named < SUBJECT_MAX, "too many workflows for so much in flight");
    this.#clock.at(timeMs, kind, named);
  }

  advance(timeMs: number): boolean {
    return this.#clock.advance(timeMs);
  }
}
