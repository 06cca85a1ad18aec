/**
 * Azure Functions 2019: invocations per minute, percentiles of durations, and of memory per
 * application, each a CSV a day; a workload per function.
 */

import type { Arrivals } from "../plan/scenario.ts";
import type { DistributionSpec } from "../stats/families.ts";
import { assembled, type Fact, oneThread } from "./assembly.ts";
import { functionName } from "./azure-2021.ts";
import { InputError } from "../check.ts";
import type { CsvRow } from "./csv.ts";
import { detached, Names } from "./names.ts";
import { RowTally } from "./row-tally.ts";
import { NumberColumn } from "./samples.ts";
import { type Columns, headerNames, numberIn, tableRows } from "./table.ts";
import type { ImportOptions, TraceFile, TraceFormat } from "./trace-format.ts";
import type { Workload } from "./workload.ts";

/** What the files tell of one function. */
interface Calls {
  readonly app: string;
  readonly func: string;
  trigger: string;
  total: number;
  /** Minute since the first day began, and calls in it; only while calls are few. */
  readonly minute: NumberColumn;
  readonly count: NumberColumn;
}

interface Day {
  readonly weight: number;
  readonly of: DistributionSpec;
}

/** Calls beyond this are a rate, not a list of times. */
const TIMES_MAX = 10_000;
const MINUTES_PER_DAY = 1440;
const MS_PER_MINUTE = 60_000;

/** Azure Functions, July 2019. */
export const azure2019: TraceFormat = {
  name: "azure-2019",
  description: "Azure Functions, July 2019: three CSV files a day",
  files: "invocations and durations of a day or more, and memory if at hand",
  supplies: [],
  partly: {
    durations: "percentiles of 30-s means",
    arrivals: "counts per minute",
  },
  async *read(files, options) {
    const trace = new Trace(options);
    for (const file of files) await trace.add(file);
    yield* trace.workloads(files);
  },
};

class Trace {
  readonly #options: ImportOptions;
  readonly #functions = new Map<string, Calls>();
  readonly #durations = new Map<string, Day[]>();
  readonly #memoryMb = new Map<string, number>();
  #lastMinute = 0;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  /** Reads a file, whichever of the three it is: its header says so. */
  async add(file: TraceFile): Promise<void> {
    const names = await headerNames(file);
    if (names.includes("percentile_Average_50")) return this.#addDurations(file);
    if (names.includes("AverageAllocatedMb")) return this.#addMemory(file);
    if (names.includes("Trigger")) return this.#addInvocations(file, names);
    throw new InputError(
      "workload",
      'expected a column "Trigger", "percentile_Average_50" or "AverageAllocatedMb"',
      file.name,
    );
  }

  async #addInvocations(file: TraceFile, names: readonly string[]): Promise<void> {
    const minutes = names.flatMap((name, cell) => (/^\d+$/.test(name) ? [{ name, cell }] : []));
    const offset = MINUTES_PER_DAY * (dayOf(file.name) - 1);
    const tally = new RowTally(file.name);
    const required = ["HashApp", "HashFunction", "Trigger"] as const;
    for await (const { header, rows } of tableRows(file, required))
      for (const row of rows) {
        tally.row();
        const { HashApp, HashFunction, Trigger } = header.columns;
        const [app = "", func = ""] = [row.cells[HashApp], row.cells[HashFunction]];
        const counts: { minute: number; count: number }[] = [];
        let whole = true;
        for (const { name, cell } of minutes) {
          const written = row.cells[cell];
          // Most cells are zero, and a row of 1440 has few others.
          if (written === "0") continue;
          const count = numberIn(row, cell, name, tally);
          if (count === undefined) {
            whole = false;
            break;
          }
          if (count > 0) counts.push({ minute: offset + Number(name) - 1, count });
        }
        if (!whole) continue;
        const calls = this.#callsOf(app, func);
        calls.trigger = detached(row.cells[Trigger] ?? "");
        for (const { minute, count } of counts) {
          this.#lastMinute = Math.max(this.#lastMinute, minute);
          calls.total += count;
          if (calls.total > TIMES_MAX) continue;
          calls.minute.push(minute);
          calls.count.push(count);
        }
      }
    tally.close(this.#options);
  }

  #callsOf(app: string, func: string): Calls {
    const key = `${app} ${func}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const [minute, count] = [new NumberColumn(), new NumberColumn()];
    const named = { app: detached(app), func: detached(func) };
    const calls = { ...named, trigger: "", total: 0, minute, count };
    this.#functions.set(key, calls);
    return calls;
  }

  async #addDurations(file: TraceFile): Promise<void> {
    const tally = new RowTally(file.name);
    const named = ["HashApp", "HashFunction", "Count", "Minimum", "Maximum"] as const;
    const required = [...named, ...PERCENTILES.map(({ name }) => name)];
    for await (const { header, rows } of tableRows<string>(file, required))
      for (const row of rows) {
        tally.row();
        const points = pointsOf(row, header.columns, tally);
        const count = points && numberIn(row, header.columns["Count"]!, "Count", tally);
        if (points === undefined || count === undefined) continue;
        const key = `${row.cells[header.columns["HashApp"]!]} ${row.cells[header.columns["HashFunction"]!]}`;
        const days = this.#durations.get(key) ?? [];
        this.#durations.set(key, days);
        if (count > 0) days.push({ weight: count, of: tableOf(points) });
      }
    tally.close(this.#options);
  }

  async #addMemory(file: TraceFile): Promise<void> {
    const tally = new RowTally(file.name);
    const required = ["HashApp", "AverageAllocatedMb_pct99"] as const;
    for await (const { header, rows } of tableRows(file, required))
      for (const row of rows) {
        tally.row();
        const { HashApp, AverageAllocatedMb_pct99: cell } = header.columns;
        const mb = numberIn(row, cell, "AverageAllocatedMb_pct99", tally);
        const app = row.cells[HashApp] ?? "";
        if (mb !== undefined)
          this.#memoryMb.set(detached(app), Math.max(mb, this.#memoryMb.get(app) ?? 0));
      }
    tally.close(this.#options);
  }

  *workloads(files: readonly TraceFile[]): Generator<Workload> {
    const { limit, note } = this.#options;
    const called = [...this.#functions].filter(([, { total }]) => total > 0);
    const timed = called.filter(([key]) => (this.#durations.get(key) ?? []).length > 0);
    if (timed.length === 0)
      throw new InputError(
        "workload",
        `no function has both invocations and durations: ${called.length} have invocations, ${this.#durations.size} have durations; give both files of a day`,
        files.map((file) => file.name).join(", "),
      );
    if (timed.length < this.#functions.size)
      note(
        `${this.#functions.size - timed.length} of ${this.#functions.size} functions have no invocation or no duration and are left out`,
      );
    const names = new Names();
    const source = `Azure Functions trace 2019, ${files.map((file) => file.name).join(", ")}`;
    for (const [key, calls] of timed.toSorted((a, b) => b[1].total - a[1].total).slice(0, limit))
      yield this.#workloadOf(calls, this.#durations.get(key)!, names, source);
  }

  #workloadOf(calls: Calls, days: readonly Day[], names: Names, source: string): Workload {
    const { app, func, trigger, total } = calls;
    const memoryMb = this.#memoryMb.get(app);
    return assembled({
      name: functionName(names, app, func),
      description: `Function ${func} of application ${app}, trigger ${trigger}: ${total} invocations.`,
      source,
      runtime: this.#options.runtime,
      stages: [
        {
          id: "function",
          workers: {
            value: 1,
            tag: "assumed",
            source: "the trace has no graph: a workflow of one",
          },
          compute: {
            value: oneThread(days.length === 1 ? days[0]!.of : { mixture: days }),
            tag: "derived",
            source: "percentiles of 30-second means, weighted by calls; one thread assumed",
          },
          memoryMb:
            memoryMb === undefined
              ? undefined
              : {
                  value: { runtime: 0, worker: memoryMb },
                  tag: "derived",
                  source: "P99 of the memory allocated to its application",
                },
        },
      ],
      edges: [],
      arrivals: this.#arrivalsOf(calls),
    });
  }

  #arrivalsOf({ total, minute, count }: Calls): Fact<Arrivals> {
    if (total > TIMES_MAX) {
      const seconds = (this.#lastMinute + 1) * 60;
      return {
        value: { kind: "poisson", perSecond: total / seconds },
        tag: "derived",
        source: `${total} invocations in ${seconds} s; above ${TIMES_MAX} their minutes are not kept`,
      };
    }
    const atMs: number[] = [];
    for (let i = 0; i < minute.length; i++)
      for (let k = 0; k < count.at(i); k++)
        atMs.push(MS_PER_MINUTE * (minute.at(i) + (k + 0.5) / count.at(i)));
    return {
      value: { kind: "timestamps", atMs: atMs.toSorted((a, b) => a - b) },
      tag: "derived",
      source: "counts per minute, spread evenly within each",
    };
  }
}

const PERCENTILES = [0, 1, 25, 50, 75, 99, 100].map((percent) => ({
  p: percent / 100,
  name: `percentile_Average_${percent}`,
}));

type Points = readonly (readonly [number, number])[];

function pointsOf(row: CsvRow, columns: Columns<string>, tally: RowTally): Points | undefined {
  const points: (readonly [number, number])[] = [];
  for (const { p, name } of PERCENTILES) {
    const ms = numberIn(row, columns[name]!, name, tally);
    if (ms === undefined) return undefined;
    const before = points.at(-1)?.[1] ?? 0;
    if (ms < before) {
      tally.bad(row, columns[name]!, name, `at least the percentile before it, ${before}`);
      return undefined;
    }
    points.push([p, ms]);
  }
  return points;
}

function tableOf(points: Points): DistributionSpec {
  return points[0]![1] === points.at(-1)![1] ? points[0]![1] : { quantiles: points };
}

// The files of a trace are numbered by day: invocations_per_function_md.anon.d07.csv.
function dayOf(file: string): number {
  const day = Number(/\.d(\d\d)\./.exec(file)?.[1] ?? 1);
  return Math.max(1, day);
}
