/** Two results folders compared: which files differ, and the first cell and column in which tables do. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { type CellIdentity, cellName } from "../result/cell-table.ts";
import { recordsOf } from "../result/csv-records.ts";
import { fileNamePart } from "./files.ts";

/** What was compared, and what was not the same. */
export interface Comparison {
  readonly cells: number;
  readonly plans: number;
  readonly figures: number;
  /** A line each, tables first. */
  readonly differences: readonly string[];
}

type Row = Readonly<Record<string, string>>;

/** Which cells are compared: by their row in the table, and their name. */
export type CellChoice = (row: Row, name: string) => boolean;

/**
 * Compares everything that is the same for the same inputs: tables, plans, SVGs. Where `wanted` is
 * given, only the rows and plans of these cells are, as `again` holds no others.
 */
export async function compareResults(
  stored: string,
  again: string,
  wanted: CellChoice | undefined,
): Promise<Comparison> {
  const [rows, rowsAgain] = [await rowsIn(stored, wanted), await rowsIn(again, wanted)];
  const differences = rowDifferences(rows, rowsAgain);
  const whole = wanted === undefined;
  if (whole) {
    const tables = filesIn(stored, ".").filter((name) => name.endsWith(".csv"));
    differences.push(...fileDifferences(stored, again, tables));
    const more = filesIn(again, ".").filter((name) => name.endsWith(".csv"));
    differences.push(...missing(more, tables, "is not among the stored tables"));
  }
  const names = new Set(rows.map((row) => fileNamePart(nameOf(row))));
  const isWanted = (file: string) => whole || names.has(basename(file, extname(file)));
  const plans = filesIn(stored, "plans").filter(isWanted);
  const figures = whole ? filesIn(stored, "figures").filter((name) => name.endsWith(".svg")) : [];
  const plansAgain = filesIn(again, "plans").filter(isWanted);
  differences.push(...missing(plansAgain, plans, "is not among the stored plans"));
  differences.push(...fileDifferences(stored, again, [...plans, ...figures]));
  return { cells: rows.length, plans: plans.length, figures: figures.length, differences };
}

async function rowsIn(folder: string, wanted: CellChoice = () => true): Promise<readonly Row[]> {
  const file = join(folder, "cells.csv");
  if (!existsSync(file)) return [];
  const { records } = await recordsOf(readFileSync(file, "utf8"), file);
  return records.filter((row) => wanted(row, nameOf(row)));
}

function rowDifferences(rows: readonly Row[], again: readonly Row[]): string[] {
  const differences: string[] = [];
  const named = new Map(again.map((row) => [nameOf(row), row]));
  for (const row of rows) {
    const other = named.get(nameOf(row));
    named.delete(nameOf(row));
    if (other === undefined) differences.push(`cells.csv: cell ${nameOf(row)} did not come again`);
    else {
      const column = [...Object.keys(row), ...Object.keys(other)].find(
        (name) => row[name] !== other[name],
      );
      if (column !== undefined)
        differences.push(
          `cells.csv: cell ${nameOf(row)}, column ${column}: ${row[column] ?? "absent"} stored, ${other[column] ?? "absent"} now`,
        );
    }
  }
  for (const name of named.keys()) differences.push(`cells.csv: cell ${name} is not stored`);
  return differences;
}

function nameOf(row: Row): string {
  const number = (name: string) => (row[name] === "" ? null : Number(row[name]));
  const identity = {
    experiment: row["experiment"] ?? "",
    workload: row["workload"] ?? "",
    platform: row["platform"] ?? "",
    policy: row["policy"] ?? "",
    sizing: row["sizing"] === "default" ? "default" : "tuned",
    objective: row["objective"] === "cost" ? "cost" : "latency",
    quantile: Number(row["quantile"]),
    slo_ms: number("slo_ms"),
    budget_usd: number("budget_usd"),
    variation: row["variation"] === "" ? null : (row["variation"] ?? null),
    level: number("level"),
    seed: row["seed"] ?? "",
  } satisfies CellIdentity;
  return cellName(identity);
}

function filesIn(folder: string, inner: string): readonly string[] {
  const path = join(folder, inner);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(inner, one.name))
    .toSorted();
}

function fileDifferences(stored: string, again: string, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (!existsSync(join(again, name))) return [`${name} did not come again`];
    const [a, b] = [readFileSync(join(stored, name)), readFileSync(join(again, name))];
    return a.equals(b) ? [] : [`${name} differs, ${firstDifference(a.toString(), b.toString())}`];
  });
}

function firstDifference(a: string, b: string): string {
  const [lines, others] = [a.split("\n"), b.split("\n")];
  const at = lines.findIndex((line, i) => line !== others[i]);
  return at < 0 ? `from line ${lines.length}` : `from line ${at + 1}`;
}

function missing(names: readonly string[], known: readonly string[], what: string): string[] {
  return names.filter((name) => !known.includes(name)).map((name) => `${name} ${what}`);
}
