/** Refits the shipped workloads to measured profiles, prints the errors and checks the files' numbers. */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeToString } from "fast-csv";
import {
  calibrateApp,
  calibrateOrion,
  jolteonApps,
  type OrionApp,
  orionApps,
  type orionPredictions,
} from "./calibrate.ts";
import { type CellResult, errorOf, isOutlier, summarise, TOLERANCE } from "./errors.ts";
import { ITEMS, PHASE_NAMES } from "./jolteon-data.ts";
import { ORION_SIZES_MB } from "./orion-data.ts";
import { MEASURED_SWEEP } from "./orion-fit.ts";
import {
  orionTable,
  percent,
  stageTable,
  summaryTable,
  sweepTable,
  valuesTable,
} from "./report.ts";

type Row = Readonly<Record<string, string | number>>;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      traces: { type: "string", default: "traces" },
      out: { type: "string", default: join("results", "calibration") },
    },
  });
  const { data, traces, out } = values;
  if (
    data === undefined ||
    !existsSync(join(data, "jolteon")) ||
    !existsSync(join(data, "orion"))
  ) {
    process.stderr.write(
      `calibrate: expected --data <dir> with the folders jolteon and orion, got ${data ?? "none"}\n`,
    );
    return 2;
  }
  const { print, printed } = printer();
  const rows: Row[] = [];
  let disagreeing = 0;
  for (const app of jolteonApps(data)) {
    const { values: fitted, results } = calibrateApp(app, traces);
    disagreeing += fitted.filter((value) => !value.agrees).length;
    print(`== ${app.name} (Jolteon profile data, ${app.platform.name}) ==`, valuesTable(fitted));
    for (const study of app.studies)
      print(stageTable(results.filter((result) => result.study === study)));
    print(summaryTable(results), outlierLine(results));
    rows.push(...results.flatMap((result) => rowsOf(app.name, result)));
  }
  for (const app of orionApps(data)) {
    const { values: fitted, predictions, sweep } = calibrateOrion(app, traces);
    disagreeing += fitted.filter((value) => !value.agrees).length;
    print(`== ${app.name} (ORION profile data, aws-lambda-2022) ==`, valuesTable(fitted));
    app.compared.forEach(({ name, title }, s) =>
      print(orionTable(title ?? name, app.profile.get(name)!, predictions[s]!)),
    );
    if (sweep !== undefined) print(sweepTable(MEASURED_SWEEP, sweep));
    rows.push(...orionRows(app, predictions));
  }
  if (disagreeing === 0) print("The files in traces/ hold the fitted numbers.");
  else print(`${disagreeing} numbers in traces/ are not the fitted ones.`);
  mkdirSync(out, { recursive: true });
  writeFileSync(
    join(out, "calibration.csv"),
    await writeToString([...rows], { headers: true, includeEndRowDelimiter: true }),
  );
  writeFileSync(join(out, "report.txt"), printed.join("\n"));
  return disagreeing === 0 ? 0 : 1;
}

function orionRows(app: OrionApp, predictions: ReturnType<typeof orionPredictions>): Row[] {
  return app.compared.flatMap(({ name, stage, title }, s) =>
    ORION_SIZES_MB.flatMap((memoryMb, i) =>
      (["p50", "p95"] as const).map((statistic) => {
        const measuredMs = app.profile.get(name)![i]![statistic];
        const predictedMs = predictions[s]![i]![statistic];
        return {
          ...identity(app.name, title === undefined ? stage : `${stage}, one video`, memoryMb),
          part: statistic === "p50" && title === undefined ? "fitted" : "unseen",
          phase: "total",
          statistic,
          measuredMs: measuredMs.toFixed(0),
          predictedMs: predictedMs.toFixed(0),
          errorPercent: percent(predictedMs / measuredMs - 1, 1),
        };
      }),
    ),
  );
}

function identity(app: string, stage: string, memoryMb: number): Row {
  return { app, stage, memoryMb, workers: "", perVm: "" };
}

function rowsOf(app: string, result: CellResult): Row[] {
  const { study, cell, measured, predicted } = result;
  return PHASE_NAMES.flatMap((phase) =>
    (["mean", "p95"] as const).map((statistic) => ({
      ...identity(app, study.stage, cell.memoryMb),
      workers: study.varies === "nothing" ? 1 : cell.workers,
      perVm: study.varies === "bundle" ? ITEMS / cell.workers : 1,
      part: cell.fitted ? "fitted" : "unseen",
      phase,
      statistic,
      measuredMs: measured[phase][statistic].toFixed(1),
      predictedMs: predicted[phase][statistic].toFixed(1),
      errorPercent: percent(errorOf(result, phase, statistic), 1),
    })),
  );
}

function outlierLine(results: readonly CellResult[]): string {
  const train = results.filter(({ study }) => study.stage === "train");
  if (train.length === 0) return "";
  const keep = (cell: CellResult["cell"]) => !isOutlier(train[0]!.study, cell);
  const parts = (["mean", "p95"] as const).map((statistic) => {
    const { cells, outside, meanError } = summarise(train, "compute", statistic, keep);
    return `${statistic} |err| ${(100 * meanError).toFixed(1)} %, ${outside} of ${cells} beyond ${100 * TOLERANCE[statistic]} %`;
  });
  return `train compute without 5120 MB at n 4, 8:\n  ${parts.join("; ")}`;
}

// What is printed is also the report's file.
function printer(): { print: (...blocks: readonly string[]) => void; printed: string[] } {
  const printed: string[] = [];
  const print = (...blocks: readonly string[]): void => {
    for (const block of blocks)
      if (block !== "") {
        process.stdout.write(`${block}\n\n`);
        printed.push(`${block}\n`);
      }
  };
  return { print, printed };
}

process.exitCode = await main();
