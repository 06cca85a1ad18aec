/** `figures`: redraws the figures and the report of stored results. Never simulates. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../check.ts";
import type { Figure, Tables } from "../figure/figure.ts";
import { experimentNames, loadExperiment } from "./load-experiment.ts";
import { writeReport } from "./report-files.ts";
import { readTables, writeFigures } from "./results-folder.ts";

const RUN_FIRST = "run the experiment first, as in wisefuse experiment ml-pipeline";

/** Redraws the figures and reports of the named experiments, or of all that have results; the exit code. */
export async function figuresCommand(names: readonly string[]): Promise<number> {
  const stored = experimentNames().filter((name) => existsSync(`results/${name}/cells.csv`));
  if (names.length === 0 && stored.length === 0)
    throw new InputError("file", `no results in ${resolve("results")}: ${RUN_FIRST}`);
  for (const name of names.length > 0 ? names : stored) {
    const experiment = await loadExperiment({ kind: "experiment", nameOrFile: name });
    const folder = `results/${experiment.name}`;
    if (!existsSync(`${folder}/cells.csv`))
      throw new InputError("file", `no results: ${RUN_FIRST}`, `${folder}/cells.csv`);
    const tables = await readTables(folder, experiment);
    const drawable = experiment.figures.filter((figure) => canDraw(figure, tables));
    await writeFigures(folder, drawable, tables);
    await writeReport(folder, experiment, tables);
    process.stdout.write(
      `${folder}/report.html, figures: ${drawable.map((figure) => figure.name).join(", ")}\n`,
    );
    for (const figure of experiment.figures)
      if (!drawable.includes(figure))
        process.stderr.write(
          `${folder}/figures: kept ${figure.name} as it was; ${figure.needs === "runs" ? "runs.arrow" : "timings.json"}, which it is drawn from, is not there\n`,
        );
  }
  return 0;
}

// runs.arrow is large and timings.json never twice the same: neither is kept with reference results.
function canDraw(figure: Figure, tables: Tables): boolean {
  return figure.needs === undefined || tables[figure.needs].size > 0;
}
