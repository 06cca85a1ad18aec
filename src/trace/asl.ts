/** AWS Step Functions: the graph of an Amazon States Language definition. Times come by merging. */

import { InputError } from "../check.ts";
import type { DistributionSpec } from "../stats/families.ts";
import type { Shape } from "../workflow/workflow.ts";
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
  const ends = graph.addMachine(machineOf(source), [], { workers: 1, chance: 1, scope: "" });
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

/** Where a machine stands: workers of everything in it, and the chance that it runs at all. */
interface Scope {
  readonly workers: number;
  readonly chance: number;
  /** Names of the states around it, for messages. */
  readonly scope: string;
}

class StageGraph {
  readonly stages: StageFacts[] = [];
  readonly edges: EdgeFacts[] = [];
  readonly #source: SourceDocument;
  readonly #options: ImportOptions;
  readonly #names = new Names();
  readonly #workers = new Map<string, number>();
  readonly #used = new Set<string>();
  readonly #copies = new Map<string, number>();
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
    const chance = this.#chances(visits, scope);
    const after = new Map<string, readonly string[]>();
    const into = new Map<string, string[]>();
    const ends: string[] = [];
    for (const [key, visit] of visits) {
      const inputs = [...new Set(into.get(key) ?? before)];
      const inner = { ...scope, chance: chance.get(key)! };
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
      case "Map":
        return state.branches.flatMap((branch) =>
          this.addMachine(branch, before, {
            ...scope,
            workers: scope.workers * this.#itemsOf(name),
          }),
        );
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
    { workers, chance }: Scope,
  ): string {
    const id = this.#names.of(pass > 1 ? `${name}:${pass}` : this.#unused(name));
    const isWait = state.type === "Wait";
    if (isWait) this.#waits++;
    else if (/^arn:aws:states:::(?!lambda:)/.test(state.resource)) this.#foreign++;
    const rare =
      chance < 1 ? `; runs with chance ${Number(chance.toPrecision(4))}, else takes no time` : "";
    const cpu: DistributionSpec = isWait ? 0 : withChance(ASSUMED_CPU_MS, chance);
    this.stages.push({
      id,
      workers: {
        value: workers,
        tag: workers === 1 ? "derived" : "assumed",
        source: workers === 1 ? "no Map around it" : "items of the Map states around it",
      },
      compute: {
        value: oneThread(cpu),
        tag: "assumed",
        source: isWait ? "a Wait computes nothing" : `1 s on one vCPU${rare}`,
      },
      wait: this.#waitOf(state, chance),
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

  // The same name may stand in two branches; each is a state of its own.
  #unused(name: string): string {
    let tried = name;
    let i = this.#copies.get(name) ?? 1;
    while (this.#names.has(tried)) tried = `${name}:${++i}`;
    this.#copies.set(name, i);
    return tried;
  }

  #waitOf(state: State, chance: number): StageFacts["wait"] {
    const { failures, note } = this.#options;
    if (state.type === "Wait") {
      const { seconds } = state;
      if (seconds === undefined)
        note(`Wait at ${state.path.join(".")}: no number of seconds, 0 assumed`);
      return {
        value: withChance((seconds ?? 0) * MS_PER_S, chance),
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

  // How likely each state is to run: what comes in is split over a Choice's branches.
  #chances(visits: ReadonlyMap<string, Visit>, { chance }: Scope): ReadonlyMap<string, number> {
    const flow = new Map<string, number>();
    const [first] = visits.keys();
    if (first !== undefined) flow.set(first, chance);
    for (const [key, { name, next }] of visits) {
      const given = next.map((to) => {
        const pair = `${name}->${visits.get(to)!.name}`;
        const value = this.#options.chances.get(pair);
        if (value !== undefined) this.#used.add(pair);
        return value;
      });
      const known = given.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      const open = given.filter((value) => value === undefined).length;
      if (known > 1 + 1e-9 || (open === 0 && next.length > 0 && known < 1 - 1e-9))
        throw new InputError("usage", [
          {
            where: "--chances",
            message: `chances of the branches of "${name}" must add up to 1, got ${known}`,
          },
        ]);
      const share = open === 0 ? 0 : (1 - known) / open;
      if (open > 1 && next.length > 1)
        this.#options.note(
          `Choice "${name}": ${open} branches equally likely, assumed; --chances "${name}->${visits.get(next[0]!)!.name}=0.9" sets one`,
        );
      next.forEach((to, i) => {
        const part = flow.get(key)! * (given[i] ?? share);
        flow.set(to, Math.min(1, (flow.get(to) ?? 0) + part));
      });
    }
    return flow;
  }
}

function withChance(value: number, chance: number): DistributionSpec {
  if (chance >= 1 || value === 0) return value;
  return {
    mixture: [
      { weight: chance, of: value },
      { weight: 1 - chance, of: 0 },
    ],
  };
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
