/** `generate`: a population as one workload file each, or as one file of lines; how well it fits. */

import { join } from "node:path";
import { popularityTable, shapeTable } from "../result/shape-table.ts";
import { grouped } from "../result/text-table.ts";
import type { Weighting } from "../trace/published.ts";
import { populationHeader, populationLines } from "../trace/population-file.ts";
import { ShapeFacts } from "../trace/shape-facts.ts";
import { Population } from "../trace/synthetic.ts";
import { workloadText } from "../trace/workload-text.ts";
import { wholeNumber } from "./arguments.ts";
import { writeLines, writeWhole } from "./files.ts";

/** Options of `generate`, as yargs gives them. */
export interface GenerateOptions {
  readonly preset: string;
  readonly workflows: number;
  readonly seed: string;
  readonly executions?: number | undefined;
  readonly output?: string | undefined;
}

/** More workflows than this go into one file. */
const FILES_MAX = 1000;

/** Writes a population and prints its shapes beside those published; the exit code. */
export function generateCommand(options: GenerateOptions): number {
  const { preset, seed, output } = options;
  const workflows = wholeNumber("--workflows", options.workflows, 1);
  const executions =
    options.executions === undefined
      ? undefined
      : wholeNumber("--executions", options.executions, 1);
  const population = new Population(preset, workflows, seed);
  if (output !== undefined) write(population, options, output);
  process.stdout.write(summary(population, preset, executions));
  return 0;
}

function write(population: Population, { preset, seed }: GenerateOptions, folder: string): void {
  if (population.workflows > FILES_MAX) {
    writeLines(join(folder, "population.ndjson"), populationLines(population, preset, seed));
    return;
  }
  const header = populationHeader(population, preset, seed);
  writeWhole(join(folder, "population.json"), `${JSON.stringify(header, null, 1)}\n`);
  for (let rank = 1; rank <= population.workflows; rank++) {
    const workload = population.workloadOf(rank);
    writeWhole(join(folder, "workflows", `${workload.name}.yaml`), workloadText(workload));
  }
}

function summary(population: Population, preset: string, executions: number | undefined): string {
  const { published, law } = population;
  const facts = new ShapeFacts();
  for (let rank = 1; rank <= population.workflows; rank++)
    facts.addShape(population.shapeOf(rank), population.popularity.perDay(rank));
  const other = published.weighting === "execution" ? "workflow" : "execution";
  const drawn = executions === undefined ? facts : drawnFacts(population, facts, executions);
  const table = (weighting: Weighting) =>
    shapeTable(weighting === "execution" ? drawn : facts, weighting);
  return [
    `${preset}: ${grouped(population.workflows)} workflows, shapes as published per ${published.weighting}\n`,
    table(published.weighting),
    table(other),
    ...(executions === undefined
      ? []
      : [`Per execution: ${grouped(executions)} drawn by popularity.\n`]),
    popularityTable(facts),
    `Published marginals can hold jointly to ${law.infeasible.toExponential(1)} of probability.\n`,
  ].join("\n");
}

// Each execution counts once.
function drawnFacts(population: Population, facts: ShapeFacts, executions: number): ShapeFacts {
  const times = new Float64Array(population.workflows);
  for (let i = 0; i < executions; i++) times[population.rankOfExecution(i) - 1]! += 1;
  const drawn = new ShapeFacts();
  times.forEach((count, place) => {
    if (count > 0) drawn.addShape(facts.shapeAt(place), count);
  });
  return drawn;
}
