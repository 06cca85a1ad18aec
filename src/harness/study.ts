/** A study: rows about many workflows that are no cells, such as what planners decide or what a replay gives. */

import type { PolicyName } from "../policy/index.ts";
import type { DecisionRow } from "../result/decision-table.ts";
import type { Workload } from "../trace/workload.ts";

/** How rows of a study's own kind are written and read; see `RowTable`. */
interface StudyTable {
  toCsv(rows: readonly object[]): Promise<string>;
  /** @throws InputError file, for what is no such table. */
  fromCsv(text: string, file: string): Promise<readonly object[]>;
}

/** What the user may have said instead of the experiment. */
export interface StudyRun {
  readonly platforms: readonly string[];
  readonly policies: readonly PolicyName[];
  readonly seeds: readonly string[];
}

/** Gives a shipped workload by name. */
export type ShippedWorkloads = (workload: string) => Workload;

/** Decisions to compare, divided into tasks that threads share. */
export interface DecisionStudy {
  /** Its table is `<name>.csv`. */
  readonly name: string;
  /** Names of the tasks in table order, each one told to a thread and timed. */
  readonly tasks: readonly string[];
  /** The rows of a task: the same on any thread. */
  rows(task: string, shipped: ShippedWorkloads): readonly DecisionRow[];
}

/** A study of another kind of rows, whose tasks follow from what is run. */
export interface TableStudy {
  /** Its table is `<name>.csv`. */
  readonly name: string;
  readonly table: StudyTable;
  /** The tasks in table order, each one told to a thread and timed. */
  tasks(run: StudyRun): readonly string[];
  /** The rows of one of them: the same on any thread. */
  rows(task: string, shipped: ShippedWorkloads, run: StudyRun): readonly object[];
}

/** Any study. */
export type Study = DecisionStudy | TableStudy;

/** Names of a study's tasks. */
export function tasksOf(study: Study, run: StudyRun): readonly string[] {
  return "table" in study ? study.tasks(run) : study.tasks;
}
