import { relative } from "node:path";
import type { Reporter } from "vitest/node";
import { writeEvidence } from "../experiments/trust/keep.ts";

/** What is used of istanbul's map of files. */
interface CoverageMap {
  files(): string[];
  fileCoverageFor(file: string): {
    toSummary(): { readonly data: Readonly<Record<"lines" | "branches", Counted>> };
  };
}

interface Counted {
  readonly total: number;
  readonly covered: number;
}

/** Parts of 1, rounded to four digits. */
interface Shares {
  readonly lines: number;
  readonly branches: number;
}

const FILE = "results/trust/coverage.json";

/** Writes lines and branches covered in each folder of `src` into `results/trust/coverage.json`. */
export default class CoverageReporter implements Reporter {
  onCoverage(coverage: unknown): void {
    const map = coverage as CoverageMap;
    const folders = new Map<string, Record<"lines" | "branches", Counted>>();
    for (const file of map.files()) {
      const folder = relative("src", file).split("/")[0]!;
      const { lines, branches } = map.fileCoverageFor(file).toSummary().data;
      const before = folders.get(folder);
      folders.set(folder, {
        lines: together(lines, before?.lines),
        branches: together(branches, before?.branches),
      });
    }
    const date = new Date().toISOString().slice(0, 10);
    const ofFolders: Record<string, Shares> = {};
    for (const folder of [...folders.keys()].sort()) {
      const { lines, branches } = folders.get(folder)!;
      ofFolders[folder] = { lines: shareOf(lines), branches: shareOf(branches) };
    }
    writeEvidence(FILE, { date, folders: ofFolders }, 3);
  }
}

function together(a: Counted, b: Counted = { total: 0, covered: 0 }): Counted {
  return { total: a.total + b.total, covered: a.covered + b.covered };
}

function shareOf({ covered, total }: Counted): number {
  return Math.round((1e4 * covered) / total) / 1e4;
}
