/** Loops of a state machine: found by name, refused or unrolled into copies. */

import type { Machine, State } from "./asl-states.ts";

/** A state, and which pass through its loop; 0 outside of loops. */
export interface Visit {
  readonly name: string;
  readonly pass: number;
  readonly state: State;
  /** Keys of the visits it may go on to. */
  readonly next: string[];
}

/** Names of the states of some loop in order, the first again at the end; undefined without any. */
export function loopIn(machine: Machine): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of machine.states.get(name)!.next) {
      const found = walk(next, [...path, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  return walk(machine.startAt, []);
}

/**
 * The states that can be reached, by key, the body of every loop `passes` times: earlier passes only
 * go round, the last only leaves. In topological order.
 */
export function unrolled(machine: Machine, passes: number): ReadonlyMap<string, Visit> {
  const loopOf = componentsOf(machine);
  const backward = backEdges(machine);
  const visits = new Map<string, Visit>();
  const order: string[] = [];
  const keyOf = (name: string, pass: number) => (pass === 0 ? name : `${name} ${pass}`);
  const visit = (name: string, pass: number): string => {
    const key = keyOf(name, pass);
    if (visits.has(key)) return key;
    const state = machine.states.get(name)!;
    const next: string[] = [];
    visits.set(key, { name, pass, state, next });
    for (const to of state.next) {
      const entered = loopOf.get(to) === undefined ? 0 : 1;
      const stays = pass > 0 && loopOf.get(to) === loopOf.get(name);
      const back = backward.has(`${name}\n${to}`);
      if (!stays) {
        if (pass === 0 || pass === passes || passes === 0) next.push(visit(to, entered));
      } else if (!back) next.push(visit(to, pass));
      else if (pass < passes) next.push(visit(to, pass + 1));
    }
    order.push(key);
    return key;
  };
  visit(machine.startAt, loopOf.get(machine.startAt) === undefined ? 0 : 1);
  return new Map(order.reverse().map((key) => [key, visits.get(key)!]));
}

/** The visits from which some path succeeds: those that can only fail are not what a plan is made for. */
export function succeeding(visits: ReadonlyMap<string, Visit>): ReadonlyMap<string, Visit> {
  const good = new Set<string>();
  for (const [key, { state, next }] of [...visits].toReversed()) {
    const ends = next.length === 0 && state.next.length === 0 && state.type !== "Fail";
    if (ends || next.some((to) => good.has(to))) good.add(key);
  }
  const kept = [...visits].filter(([key]) => good.has(key));
  return new Map(
    kept.map(([key, visit]) => [key, { ...visit, next: visit.next.filter((to) => good.has(to)) }]),
  );
}

// Edges to a state that the walk is inside of: going along one is a new pass.
function backEdges(machine: Machine): ReadonlySet<string> {
  const found = new Set<string>();
  const open = new Set<string>();
  const done = new Set<string>();
  const walk = (name: string): void => {
    open.add(name);
    for (const next of machine.states.get(name)!.next)
      if (open.has(next)) found.add(`${name}\n${next}`);
      else if (!done.has(next)) walk(next);
    open.delete(name);
    done.add(name);
  };
  walk(machine.startAt);
  return found;
}

// The loop each state is in, by the name of one of its states: both reach each other.
function componentsOf(machine: Machine): ReadonlyMap<string, string> {
  const names = [...machine.states.keys()];
  const reach = new Map(names.map((name) => [name, reachedFrom(machine, name)]));
  const loopOf = new Map<string, string>();
  for (const name of names)
    if (reach.get(name)!.has(name))
      loopOf.set(
        name,
        names.find((one) => reach.get(name)!.has(one) && reach.get(one)!.has(name))!,
      );
  return loopOf;
}

function reachedFrom(machine: Machine, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [...machine.states.get(from)!.next];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    left.push(...machine.states.get(name)!.next);
  }
  return reached;
}
