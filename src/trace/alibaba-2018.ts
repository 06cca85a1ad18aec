/** Alibaba cluster trace 2018, batch_task.csv: a row per task, its job's DAG in the tasks' names. */

import { InputError } from "../check.ts";
import { assembled, type EdgeFacts, oneThread } from "./assembly.ts";
import { type CsvRow, csvRows } from "./csv.ts";
import { safeName } from "./names.ts";
import { RowTally } from "./row-tally.ts";
import { numberIn } from "./table.ts";
import type { ImportOptions, TraceFormat } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

// Columns of a file without a header.
const TASK = 0;
const INSTANCES = 1;
const JOB = 2;
const STATUS = 4;
const START = 5;
const END = 6;
const COLUMNS = 9;

interface Task {
  readonly name: string;
  readonly number: string;
  readonly parents: readonly string[];
  readonly instances: number;
  readonly start: number;
  readonly end: number;
  readonly row: CsvRow;
}

/** Alibaba batch jobs, one workload a job, in the order of the file. */
export const alibaba2018: TraceFormat = {
  name: "alibaba-2018",
  description: "Alibaba cluster trace 2018, batch_task.csv",
  files: "batch_task.csv, the tasks of a job together",
  supplies: ["graph", "fan-out", "arrivals"],
  partly: { durations: "start and end of a task" },
  async *read(files, options) {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (const file of files) {
      if (left <= 0) return;
      const tally = new RowTally(file.name);
      const seen = new JobsSeen();
      let unfinished = 0;
      let job: Job = { name: "", tasks: [], whole: false };
      for await (const rows of csvRows(file)) {
        const closed: Job[] = [];
        for (const row of rows) {
          tally.row();
          const name = row.cells[JOB] ?? "";
          if (name === "" || row.cells.length < COLUMNS) {
            tally.fault(row.line, 1, "", `expected ${COLUMNS} cells, got ${row.cells.length}`);
            continue;
          }
          if (name !== job.name) {
            closed.push(job);
            if (seen.again(name)) throw scattered(name, row, file.name);
            job = { name, tasks: [], whole: true };
          }
          if (row.cells[STATUS] === "Terminated") {
            const task = taskOf(row, tally);
            if (task === undefined) job.whole = false;
            else job.tasks.push(task);
          } else {
            unfinished += job.whole ? 1 : 0;
            job.whole = false;
          }
        }
        for (const one of closed) {
          const workload = left > 0 ? workloadOf(one, file.name, tally, options) : undefined;
          if (workload !== undefined) left--;
          if (workload !== undefined) yield workload;
        }
        if (left <= 0) break;
      }
      const last = left > 0 ? workloadOf(job, file.name, tally, options) : undefined;
      if (last !== undefined) left--;
      if (last !== undefined) yield last;
      tally.close(options);
      if (unfinished > 0)
        options.note(
          `${file.name}: ${unfinished} jobs have unfinished or failed tasks and are left out`,
        );
    }
  },
};

/** The tasks of one job, as far as they were read; `whole` while every row could be used. */
interface Job {
  readonly name: string;
  readonly tasks: Task[];
  whole: boolean;
}

/** Jobs met so far: a bit for each j_N of the four million, a set for what is named otherwise. */
class JobsSeen {
  readonly #others = new Set<string>();
  #bits = new Uint8Array(1024);

  /** Whether the job was met before; it is from now on. */
  again(name: string): boolean {
    const number = /^j_(\d{1,9})$/.exec(name)?.[1];
    if (number === undefined) {
      const known = this.#others.has(name);
      this.#others.add(name);
      return known;
    }
    const [at, bit] = [Math.floor(Number(number) / 8), 1 << (Number(number) % 8)];
    if (at >= this.#bits.length) {
      const wider = new Uint8Array(2 * at);
      wider.set(this.#bits);
      this.#bits = wider;
    }
    const known = (this.#bits[at]! & bit) !== 0;
    this.#bits[at] = this.#bits[at]! | bit;
    return known;
  }
}

function scattered(job: string, row: CsvRow, file: string): InputError {
  const message = `rows of job "${job}" are not together; sort the file by its third column`;
  return new InputError(
    "workload",
    [{ where: "job_name", message, line: row.line, column: 1 }],
    file,
  );
}

// M5_3_4: task 5 after tasks 3 and 4; the letters only say map, reduce or join. Other names stand alone.
function taskOf(row: CsvRow, tally: RowTally): Task | undefined {
  const name = row.cells[TASK] ?? "";
  const match = /^[A-Za-z]+(\d+)((?:_\d+)*)(?:_Stg\d+)?$/.exec(name);
  const instances = numberIn(row, INSTANCES, "instance_num", tally, 1);
  if (instances === undefined) return undefined;
  const start = numberIn(row, START, "start_time", tally);
  if (start === undefined) return undefined;
  const end = numberIn(row, END, "end_time", tally);
  if (end === undefined) return undefined;
  if (end < start) {
    tally.bad(row, END, "end_time", `at least start_time ${start}`);
    return undefined;
  }
  const number = match?.[1] ?? name;
  const parents = (match?.[2] ?? "").split("_").filter((one) => one !== "" && one !== number);
  return { name, number, parents: [...new Set(parents)], instances, start, end, row };
}

// None for a job that is not whole; a job that is no DAG counts as a bad row.
function workloadOf(
  { name, tasks, whole }: Job,
  file: string,
  tally: RowTally,
  options: ImportOptions,
): Workload | undefined {
  const [first] = tasks;
  if (first === undefined || !whole) return undefined;
  const byNumber = new Map(tasks.map((task) => [task.number, task]));
  const idOf = (task: Task) => safeName(task.name);
  const start = tasks.reduce((least, task) => Math.min(least, task.start), first.start);
  try {
    return assembled({
      name: safeName(name),
      description: `Batch job of ${tasks.length} tasks.`,
      source: `Alibaba cluster trace 2018, ${file}`,
      runtime: options.runtime,
      stages: tasks.map((task) => ({
        id: idOf(task),
        workers: { value: task.instances, tag: "measured", source: "instance_num" },
        compute: {
          value: oneThread((task.end - task.start) * 1000),
          tag: "derived",
          source: "end_time less start_time of the task, for each instance; one thread assumed",
        },
      })),
      edges: tasks.flatMap((task) =>
        task.parents.flatMap((number): EdgeFacts[] => {
          const parent = byNumber.get(number);
          // A parent that is not in the file was none of the batch system's.
          if (parent === undefined) return [];
          const source = "a task starts after all instances of its parents";
          const shape = { value: "shuffle", tag: "derived", source } as const;
          return [{ from: idOf(parent), to: idOf(task), shape }];
        }),
      ),
      arrivals: {
        value: { kind: "timestamps", atMs: [start * 1000] },
        tag: "measured",
        source: "start_time of the first task",
      },
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tally.fault(first.row.line, 1, `job ${name}`, error.faults[0]!.message);
    return undefined;
  }
}
