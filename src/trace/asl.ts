/** AWS Step Functions: the graph of an Amazon States Language definition. Times come by merging. */

import { InputError } from "../check.ts";
import type { DistributionSpec } from "../stats/families.ts";
import type { Branch } from "../workflow/profile.ts";
import type { Shape } from "../workflow/workflow.ts";
import { chanceOf, reachedStates } from "./asl-choices.ts";
import { assembled, type EdgeFacts, oneThread, type StageFacts } from "./assembly.ts";
import { loopIn, succeeding, unrolled, type Visit } from "./asl-loops.ts";
import { type Machine, machineOf, type State } from "./asl-states.ts";
import type { SourceDocument } from "./document.ts";
import { faultAt, refuse } from "./faults.ts";
import { jsonSource } from "./json-source.ts";
import { nameOfFile, Names, safeName } from "./names.ts";
import { type ImportOptions, type TraceFormat, wholeText } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

/** Items of a Map that nobody gave. */
const ITEMS = 10;

const ASSUMED_CPU_MS = 1000;

// Of one machine with its loops unrolled, and of all in a definition: two Parallels in turn multiply.
const STATES_MAX = 2000;
const STAGES_MAX = 10_000;
const EDGES_MAX = 100_000;
const MS_PER_S = 1000;

/** Step Functions definitions. */
export const asl: TraceFormat = {
  name: "asl",
  description: "AWS Step Functions definition (ASL), JSON or YAML",
  files: "one or more .asl.json; each gives a workload",
  supplies: ["graph"],
  partly: { "fan-out": "Map and Parallel; --items for Map" },
  async *read(files, options) {
    for (const file of files)
      yield workloadOf(jsonSource(await wholeText(file), file.name), options);
  },
};

function workloadOf(source: SourceDocument, options: ImportOptions): Workload {
  const file = source.file ?? "";
  const graph = new StageGraph(source, options);
  const ends = graph.addMachine(machineOf(source), [], OUTERMOST);
  graph.close();
  if (graph.stages.length === 0)
    throw new InputError("workload", "has no Task or Wait state: nothing would run", file);
  if (ends.length === 0) options.note(`${file}: no path ends in success`);
  return assembled({
    name: safeName(options.name ?? nameOfFile(file)),
    description: `State machine of ${graph.stages.length} tasks and waits.`,
    source: `ASL definition ${file}`,
    runtime: options.runtime,
    stages: graph.stages,
    edges: graph.edges,
  });
}

/** Where a machine stands: workers of everything in it, and the branches that lead to it. */
interface Scope {
  readonly workers: number;
  readonly when: readonly Branch[];
  /** Whether its choices are made for each item of a Map. */
  readonly perItem: boolean;
}

const OUTERMOST: Scope = { workers: 1, when: [], perItem: false };

class StageGraph {
  readonly stages: StageFacts[] = [];
  readonly edges: EdgeFacts[] = [];
  readonly #source: SourceDocument;
  readonly #options: ImportOptions;
  readonly #names = new Names();
  readonly #choices = new Names();
  readonly #workers = new Map<string, number>();
  readonly #used = new Set<string>();
  #waits = 0;
  #foreign = 0;

  constructor(source: SourceDocument, options: ImportOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Adds the stages of a machine after the stages `before`; the stages that end last in it. */
  addMachine(machine: Machine, before: readonly string[], scope: Scope): readonly string[] {
    const { unroll } = this.#options;
    this.#refuseTooMany(machine.states.size * Math.max(1, unroll ?? 1), STATES_MAX, "states");
    const loop = loopIn(machine);
    if (loop !== undefined && unroll === undefined)
      refuse(
        "workload",
        [
          faultAt(
            this.#source,
            machine.states.get(loop[0]!)!.path,
            `loop: ${loop.join(" -> ")}; a workflow has none, --unroll 2 runs it twice`,
          ),
        ],
        this.#source,
      );
    const visits = succeeding(unrolled(machine, unroll ?? 0));
    const reached = reachedStates(
      visits,
      (visit) => this.#sharesOf(visit, visits),
      (name) => this.#choices.another(name, ":"),
    );
    const after = new Map<string, readonly string[]>();
    const into = new Map<string, string[]>();
    const ends: string[] = [];
    for (const [key, visit] of visits) {
      const inputs = [...new Set(into.get(key) ?? before)];
      const branch = reached.get(key);
      const own = scope.perItem ? { workersEach: 1 } : {};
      const when = branch === undefined ? scope.when : [...scope.when, { ...branch, ...own }];
      const inner = { ...scope, when };
      const outputs = this.#addState(visit, inputs, inner);
      after.set(key, outputs);
      for (const next of visit.next) into.set(next, [...(into.get(next) ?? []), ...outputs]);
      if (visit.next.length === 0) ends.push(...outputs);
    }
    return [...new Set(ends)];
  }

  /** Says what the definition left open, and refuses options that name no state. */
  close(): void {
    const { items, chances, note } = this.#options;
    const unknown = [...items.keys(), ...chances.keys()].filter(
      (name) => name !== "" && !this.#used.has(name),
    );
    if (unknown.length > 0)
      throw new InputError(
        "usage",
        `no Map or Choice of ${this.#source.file} is meant by ${unknown.map((name) => `"${name}"`).join(", ")}`,
      );
    if (this.#waits > 0)
      note(`${this.#waits} Wait states become stages: billed like a function, which they are not`);
    if (this.#foreign > 0)
      note(`${this.#foreign} tasks call services other than Lambda; they count as functions`);
  }

  #addState(
    { name, pass, state }: Visit,
    before: readonly string[],
    scope: Scope,
  ): readonly string[] {
    switch (state.type) {
      case "Task":
      case "Wait":
        return [this.#addStage(name, pass, state, before, scope)];
      case "Parallel":
        return state.branches.flatMap((branch) => this.addMachine(branch, before, scope));
      case "Map": {
        const items = this.#itemsOf(name);
        // What an item chose holds for all that comes of it.
        const when = scope.when.map((branch) =>
          branch.workersEach === undefined
            ? branch
            : { ...branch, workersEach: branch.workersEach * items },
        );
        const inner = { workers: scope.workers * items, when, perItem: true };
        return state.branches.flatMap((branch) => this.addMachine(branch, before, inner));
      }
      case "Fail":
        return [];
      case "Choice":
      case "Pass":
      case "Succeed":
        return before;
    }
  }

  #itemsOf(name: string): number {
    const { items, note } = this.#options;
    const given = items.get(name) ?? items.get("");
    if (items.has(name)) this.#used.add(name);
    if (given === undefined)
      note(
        `Map "${name}": its items are not in the definition, ${ITEMS} assumed; --items gives them`,
      );
    return given ?? ITEMS;
  }

  #addStage(
    name: string,
    pass: number,
    state: State,
    before: readonly string[],
    { workers, when }: Scope,
  ): string {
    // The same name may stand in two branches; each is a state of its own.
    const id = pass > 1 ? this.#names.of(`${name}:${pass}`) : this.#names.another(name, ":");
    const isWait = state.type === "Wait";
    if (isWait) this.#waits++;
    else if (/^arn:aws:states:::(?!lambda:)/.test(state.resource)) this.#foreign++;
    const chance = Number(chanceOf(when).toPrecision(4));
    const rare = when.length > 0 ? `; runs with chance ${chance}, else takes no time` : "";
    this.stages.push({
      id,
      workers: {
        value: workers,
        tag: workers === 1 ? "derived" : "assumed",
        source: workers === 1 ? "no Map around it" : "items of the Map states around it",
      },
      compute: {
        value: oneThread(isWait ? 0 : ASSUMED_CPU_MS),
        tag: "assumed",
        source: isWait ? "a Wait computes nothing" : `1 s on one vCPU${rare}`,
      },
      wait: this.#waitOf(state),
      when: when.length > 0 ? when : undefined,
    });
    this.#workers.set(id, workers);
    this.#refuseTooMany(this.stages.length, STAGES_MAX, "tasks");
    this.#refuseTooMany(this.edges.length + before.length, EDGES_MAX, "transitions");
    for (const from of before) {
      const shape = shapeBetween(this.#workers.get(from)!, workers);
      const source = "transitions of the definition, and fan-outs";
      this.edges.push({ from, to: id, shape: { value: shape, tag: "derived", source } });
    }
    return id;
  }

  #refuseTooMany(count: number, most: number, what: string): void {
    if (count <= most) return;
    throw new InputError(
      "workload",
      `expected at most ${most} ${what}, got ${count}`,
      this.#source.file,
    );
  }

  #waitOf(state: State): StageFacts["wait"] {
    const { failures, note } = this.#options;
    if (state.type === "Wait") {
      const { seconds } = state;
      if (seconds === undefined)
        note(`Wait at ${state.path.join(".")}: no number of seconds, 0 assumed`);
      return {
        value: (seconds ?? 0) * MS_PER_S,
        tag: seconds === undefined ? "assumed" : "derived",
        source: seconds === undefined ? "seconds are not in the definition" : "Seconds",
      };
    }
    if (failures === 0 || state.retrySeconds.length === 0) return undefined;
    return {
      value: retryWait(state.retrySeconds, failures),
      tag: "assumed",
      source: `waits of Retry when an attempt fails with chance ${failures}; attempts themselves are not counted`,
    };
  }

  // The chance of each branch of a Choice: what is left over is shared alike.
  #sharesOf({ name, next }: Visit, visits: ReadonlyMap<string, Visit>): readonly number[] {
    const given = next.map((to) => {
      const pair = `${name}->${visits.get(to)!.name}`;
      const value = this.#options.chances.get(pair);
      if (value !== undefined) this.#used.add(pair);
      return value;
    });
    // With one way left, that is the way.
    if (next.length < 2) return [1];
    const known = given.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const open = given.filter((value) => value === undefined).length;
    if (known > 1 + 1e-9 || (open === 0 && known < 1 - 1e-9))
      throw new InputError("usage", [
        {
          where: "--chances",
          message: `chances of the branches of "${name}" must add up to 1, got ${known}`,
        },
      ]);
    if (open > 1)
      this.#options.note(
        `Choice "${name}": ${open} branches equally likely, assumed; --chances "${name}->${visits.get(next[0]!)!.name}=0.9" sets one`,
      );
    return given.map((value) => value ?? (1 - known) / open);
  }
}

function retryWait(seconds: readonly number[], failures: number): DistributionSpec {
  let sumMs = 0;
  let reached = 1;
  const parts = [{ weight: 1 - failures, of: 0 }];
  for (const [i, wait] of seconds.entries()) {
    sumMs += wait * MS_PER_S;
    reached *= failures;
    const last = i === seconds.length - 1;
    parts.push({ weight: last ? reached : reached * (1 - failures), of: sumMs });
  }
  return { mixture: parts.filter(({ weight }) => weight > 0) };
}

function shapeBetween(from: number, to: number): Shape {
  if (from === to) return from === 1 ? "gather" : "pairwise";
  if (from < to) return "scatter";
  return to === 1 ? "gather" : "shuffle";
}
