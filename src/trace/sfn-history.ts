/** Histories of Step Functions executions: what ran after what, and for how long, an execution a file. */

import { z } from "zod";
import { InputError } from "../check.ts";
import { isoTimeMs } from "./iso-time.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { nameOfFile } from "./names.ts";
import { observedWorkload } from "./observed-workload.ts";
import { StageRecords } from "./stage-records.ts";
import { faultAt, refuse } from "./faults.ts";
import { type TraceFile, type TraceFormat, wholeText } from "./trace-format.ts";

const history = z.object({
  events: z
    .array(
      z.object({
        id: z.int(),
        previousEventId: z.int().default(0),
        timestamp: z.union([z.string(), z.number()]),
        type: z.string(),
        stateEnteredEventDetails: z
          .object({ name: z.string(), input: z.unknown().optional() })
          .optional(),
        stateExitedEventDetails: z.object({ name: z.string() }).optional(),
        taskSucceededEventDetails: z.object({ output: z.unknown().optional() }).optional(),
        lambdaFunctionSucceededEventDetails: z
          .object({ output: z.unknown().optional() })
          .optional(),
      }),
    )
    .min(1)
    // The service keeps no more of one execution.
    .max(25_000),
});

type Event = z.output<typeof history>["events"][number] & { readonly atMs: number };

const STARTED = ["TaskStarted", "LambdaFunctionStarted", "ActivityStarted"];
const SUCCEEDED = ["TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded"];

/** Step Functions execution histories. */
export const sfnHistory: TraceFormat = {
  name: "sfn-history",
  description: "Step Functions execution history, JSON",
  files: "one .json per execution, of aws stepfunctions get-execution-history",
  supplies: ["graph", "fan-out", "durations", "arrivals"],
  partly: { bytes: "payloads between states" },
  async *read(files, options) {
    const records = new StageRecords();
    for (const file of files) await addExecution(records, file);
    const names = files.map((file) => file.name).join(", ");
    if (records.length === 0)
      throw new InputError("workload", "holds no task that started and succeeded", names);
    yield observedWorkload(
      records,
      { name: nameOfFile(files[0]!.name), source: `Step Functions history ${names}`, file: names },
      options,
    );
  },
};

async function addExecution(records: StageRecords, file: TraceFile): Promise<void> {
  const events = await eventsOf(file);
  const byId = new Map(events.map((event) => [event.id, event]));
  const chain = new Chain(byId);
  records.namesParents = true;
  for (const event of events) {
    if (!SUCCEEDED.includes(event.type)) continue;
    const entered = chain.entered(event);
    const started = chain.back(event, (one) => STARTED.includes(one.type));
    if (entered === undefined || started === undefined) continue;
    const stage = entered.stateEnteredEventDetails!.name;
    const { output } =
      event.taskSucceededEventDetails ?? event.lambdaFunctionSucceededEventDetails ?? {};
    records.add({
      run: file.name,
      stage,
      startMs: started.atMs,
      endMs: event.atMs,
      bytesIn: bytesOf(entered.stateEnteredEventDetails!.input),
      bytesOut: bytesOf(output),
    });
    for (const parent of chain.tasksBefore(entered))
      if (parent !== stage) records.addParent(stage, parent);
  }
}

async function eventsOf(file: TraceFile): Promise<readonly Event[]> {
  const source = jsonSource(await wholeText(file), file.name);
  const { events } = readSource(history, source);
  const timed = events.map((event) => ({ ...event, atMs: timeMs(event.timestamp) }));
  const loops = timed.flatMap((event, i) =>
    event.previousEventId >= event.id
      ? [faultAt(source, ["events", i, "previousEventId"], "expected the id of an earlier event")]
      : [],
  );
  if (loops.length > 0) refuse("workload", loops, source);
  const faults = timed.flatMap((event, i) =>
    Number.isNaN(event.atMs)
      ? [
          faultAt(
            source,
            ["events", i, "timestamp"],
            `expected a time such as 2026-08-22T10:00:00Z, got "${event.timestamp}"`,
          ),
        ]
      : [],
  );
  return faults.length > 0 ? refuse("workload", faults, source) : timed;
}

// The command line prints texts, older versions seconds since 1970.
function timeMs(written: string | number): number {
  return typeof written === "number" ? written * 1000 : (isoTimeMs(written) ?? Number.NaN);
}

function bytesOf(payload: unknown): number | undefined {
  if (payload === undefined || payload === null) return undefined;
  return (typeof payload === "string" ? payload : JSON.stringify(payload)).length;
}

/** The chain of previous events, which in a branch leads to the event that opened it. */
class Chain {
  readonly #byId: ReadonlyMap<number, Event>;
  readonly #endedBy = new Map<number, readonly string[] | Event>();
  readonly #inOrder: readonly Event[];

  constructor(byId: ReadonlyMap<number, Event>) {
    this.#byId = byId;
    this.#inOrder = [...byId.values()].toSorted((a, b) => a.id - b.id);
  }

  /** The nearest event before `event` that is wanted. */
  back(event: Event, wanted: (event: Event) => boolean): Event | undefined {
    let at = this.#byId.get(event.previousEventId);
    while (at !== undefined && !wanted(at)) at = this.#byId.get(at.previousEventId);
    return at;
  }

  /** The event that entered the task state of `event`. */
  entered(event: Event): Event | undefined {
    const isTask = (one: Event) => one.type === "TaskStateEntered";
    return this.back(event, (one) => isTask(one) && one.stateEnteredEventDetails !== undefined);
  }

  /** Names of the tasks whose end let this state be entered. */
  tasksBefore(entered: Event): readonly string[] {
    for (let at = entered; ; ) {
      const before = this.back(at, (one) => one.type.endsWith("StateExited"));
      const opened = this.back(at, (one) => OPENERS.includes(one.type));
      // The first state of a branch waits for what its Map or Parallel waited for.
      if (opened !== undefined && (before === undefined || opened.id > before.id)) {
        at = opened;
        continue;
      }
      if (before === undefined) return [];
      const ended = this.#endedBy.get(before.id) ?? this.#tasksEndedBy(before);
      this.#endedBy.set(before.id, ended);
      if (!("id" in ended)) return ended;
      at = ended;
    }
  }

  // Or the event that entered a state without tasks: what came before that one is meant.
  #tasksEndedBy(exited: Event): readonly string[] | Event {
    const name = exited.stateExitedEventDetails?.name;
    const entered = this.back(
      exited,
      (one) => one.stateEnteredEventDetails?.name === name && one.type.endsWith("Entered"),
    );
    if (exited.type === "TaskStateExited" || entered === undefined)
      return name === undefined ? [] : [name];
    if (!CONTAINERS.includes(exited.type)) return entered;
    const inside = this.#tasksExitedWithin(entered, exited);
    if (inside.length === 0) return entered;
    // Of each branch only the last: a task that another inside comes after is not one.
    const passed = new Set(
      inside.flatMap((one) => this.back(one, ({ type }) => type === "TaskStateExited")?.id ?? []),
    );
    const last = inside.filter((one) => !passed.has(one.id));
    return [...new Set(last.flatMap((one) => one.stateExitedEventDetails?.name ?? []))];
  }

  // Events come after those they follow, so one pass in the order of ids knows what follows `entered`.
  #tasksExitedWithin(entered: Event, exited: Event): readonly Event[] {
    const within = new Set([entered.id]);
    const found: Event[] = [];
    for (const one of this.#inOrder) {
      if (one.id >= exited.id) break;
      if (!within.has(one.previousEventId)) continue;
      within.add(one.id);
      if (one.type === "TaskStateExited") found.push(one);
    }
    return found;
  }
}

const OPENERS = ["MapStateEntered", "ParallelStateEntered"];
const CONTAINERS = ["MapStateExited", "ParallelStateExited"];
