/** The states of an Amazon States Language definition, read and checked; what they hold of a graph. */

import { z } from "zod";
import { InputError, type InputFault, suggestion } from "../check.ts";
import type { SourceDocument, ValuePath } from "./document.ts";
import { faultAt, readWith, refuse } from "./faults.ts";

/** A state machine: a whole definition, a branch, or what a Map runs for each item. */
export interface Machine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** One state. */
export interface State {
  readonly type: (typeof TYPES)[number];
  /** Where it may go on: one state, or several of a Choice. */
  readonly next: readonly string[];
  readonly branches: readonly Machine[];
  /** Seconds that a Wait names. */
  readonly seconds: number | undefined;
  /** Waits between attempts, s, one for each retry. */
  readonly retrySeconds: readonly number[];
  readonly resource: string;
  readonly path: ValuePath;
}

const TYPES = ["Task", "Map", "Parallel", "Choice", "Pass", "Wait", "Succeed", "Fail"] as const;

const retrier = z.object({
  IntervalSeconds: z.number().min(0).default(1),
  MaxAttempts: z.int().min(0).default(3),
  BackoffRate: z.number().min(1).default(2),
  MaxDelaySeconds: z.number().optional(),
});

const state = z.object({
  Type: z.enum(TYPES),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Choices: z.array(z.object({ Next: z.string() })).optional(),
  Default: z.string().optional(),
  Resource: z.string().optional(),
  Seconds: z.unknown().optional(),
  Retry: z.array(retrier).default([]),
  Branches: z.array(z.unknown()).optional(),
  Iterator: z.unknown().optional(),
  ItemProcessor: z.unknown().optional(),
});

const machine = z.object({
  StartAt: z.string(),
  States: z.record(z.string(), z.unknown()),
});

/**
 * The state machine of a definition.
 * @throws InputError workload, with up to 20 faults in place.
 */
export function machineOf(source: SourceDocument, path: ValuePath = []): Machine {
  const { StartAt, States } = readAt(machine, source, path);
  const faults: InputFault[] = [];
  const entries = Object.entries(States).filter(([name, written]) => {
    // The language of queries is a field of the machine; a definition that says it here means that.
    const misplaced = name === "QueryLanguage" && typeof written === "string";
    return !misplaced;
  });
  const names = entries.map(([name]) => name);
  const known = (name: string, where: ValuePath) => {
    if (!names.includes(name))
      faults.push(faultAt(source, where, `unknown state "${name}"${suggestion(name, names)}`));
  };
  known(StartAt, [...path, "StartAt"]);
  const states = entries.flatMap(([name]) => {
    const where = [...path, "States", name];
    try {
      const one = stateOf(source, where);
      for (const next of one.next) known(next, where);
      return [[name, one] as const];
    } catch (error) {
      // What is wrong with the other states is said too.
      if (!(error instanceof InputError)) throw error;
      faults.push(...error.faults);
      return [];
    }
  });
  if (faults.length > 0) refuse("workload", faults, source);
  return { startAt: StartAt, states: new Map(states) };
}

function stateOf(source: SourceDocument, path: ValuePath): State {
  const read = readAt(state, source, path);
  const { Type, Next, Choices = [], Default, Branches = [], Retry } = read;
  const inner = read.ItemProcessor !== undefined ? "ItemProcessor" : "Iterator";
  if (Type === "Map" && read[inner] === undefined)
    refuse("workload", [faultAt(source, path, "a Map needs an ItemProcessor or Iterator")], source);
  const choice = [...Choices.map((one) => one.Next), ...(Default === undefined ? [] : [Default])];
  const seconds = Number(read.Seconds ?? Number.NaN);
  return {
    type: Type,
    next: Type === "Choice" ? [...new Set(choice)] : Next === undefined ? [] : [Next],
    branches:
      Type === "Map"
        ? [machineOf(source, [...path, inner])]
        : Branches.map((_, i) => machineOf(source, [...path, "Branches", i])),
    seconds: Number.isFinite(seconds) ? seconds : undefined,
    retrySeconds: Retry.length === 0 ? [] : waitsOf(Retry[0]!),
    resource: read.Resource ?? "",
    path,
  };
}

function waitsOf({
  IntervalSeconds,
  MaxAttempts,
  BackoffRate,
  MaxDelaySeconds,
}: z.output<typeof retrier>): readonly number[] {
  const waits: number[] = [];
  let wait = IntervalSeconds;
  // A retrier without end stands for "until it works"; what lies beyond ten is too rare to matter.
  for (let i = 0; i < Math.min(MaxAttempts, ATTEMPTS_MAX); i++) {
    waits.push(Math.min(wait, MaxDelaySeconds ?? wait));
    wait *= BackoffRate;
  }
  return waits;
}

const ATTEMPTS_MAX = 10;

// A schema applied to one of a document's values, with faults that keep their paths and places.
function readAt<T>(schema: z.ZodType<T>, source: SourceDocument, path: ValuePath): T {
  const read = readWith(schema, {
    file: source.file,
    value: valueAt(source.value, path),
    placeOf: (inner) => source.placeOf([...path, ...inner]),
    keyPlaceOf: (inner) => source.keyPlaceOf([...path, ...inner]),
    foundAt: (inner) => source.foundAt([...path, ...inner]),
  });
  if (!("faults" in read)) return read.value;
  const faults = read.faults.map((fault) => ({
    ...fault,
    where: [...path, ...(fault.where === "" ? [] : [fault.where])].join("."),
  }));
  return refuse("workload", faults, source);
}

function valueAt(value: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null
        ? Object.entries(at).find(([name]) => name === String(key))?.[1]
        : undefined,
    value,
  );
}
