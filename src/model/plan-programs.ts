/** Programs of plans, each made from that of a plan much like it where one is known. */

import { compile, recompiled } from "../physics/compile.ts";
import type { Program } from "../physics/program.ts";
import { changedGroups } from "../plan/changed-groups.ts";
import type { ExecutionPlan } from "../plan/plan.ts";
import type { Scenario } from "../plan/scenario.ts";

/** A plan with its program. */
interface Compiled {
  readonly plan: ExecutionPlan;
  readonly program: Program;
}

/** Beyond so many groups, the next neighbours are likelier to be those of the new plan. */
const CHANGED_MAX = 3;

/** Compiles plans of one scenario. */
export class PlanPrograms {
  readonly #scenario: Scenario;
  /** By their passings, which neighbours share. */
  readonly #known = new WeakMap<ExecutionPlan["passing"], Compiled>();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  /** Program of a legal plan. O(groups) where a few groups have changed since a known one. */
  of(plan: ExecutionPlan): Program {
    const known = this.#known.get(plan.passing);
    const changed = known === undefined ? undefined : changedGroups(known.plan, plan);
    if (known === undefined || changed === undefined) return this.#compiled(plan);
    if (changed.length > CHANGED_MAX * 8) return this.#compiled(plan);
    let { program } = known;
    for (const g of changed) {
      const next = recompiled(this.#scenario, program, g, plan.groups[g]!);
      if (next === undefined) return this.#compiled(plan);
      program = next;
    }
    if (changed.length > CHANGED_MAX) this.#known.set(plan.passing, { plan, program });
    return program;
  }

  #compiled(plan: ExecutionPlan): Program {
    const program = compile(this.#scenario, plan);
    this.#known.set(plan.passing, { plan, program });
    return program;
  }
}
