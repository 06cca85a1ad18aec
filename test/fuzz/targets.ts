/** Every reader of what others wrote, with good files to start from, and what must hold of what it accepts. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import { assert } from "../../src/check.ts";
import { objectivesOf, oneObjective, policiesOf, wholeNumber } from "../../src/cli/arguments.ts";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import { fileNamePart, workloadFileName } from "../../src/cli/files.ts";
import { scenarioOf } from "../../src/harness/run-cell.ts";
import { checkPlan, checkScenario } from "../../src/plan/check-plan.ts";
import { unfusedPlan } from "../../src/plan/plan.ts";
import { platformNamed } from "../../src/platform/index.ts";
import { cellName, cellsFromCsv } from "../../src/result/cell-table.ts";
import { decisionsFromCsv } from "../../src/result/decision-table.ts";
import { traceFormat } from "../../src/trace/index.ts";
import { parsePlan, planText } from "../../src/trace/plan-file.ts";
import { workloadsOf } from "../../src/trace/population-file.ts";
import type { ImportOptions, TraceFile } from "../../src/trace/trace-format.ts";
import {
  arrivalsOf,
  durationMs,
  moneyUsd,
  sizeBytes,
  timestampsOf,
} from "../../src/trace/units.ts";
import type { Workload } from "../../src/trace/workload.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadLine, workloadText } from "../../src/trace/workload-text.ts";
import { cellOf } from "../result/sample.ts";
import type { Dice } from "./dice.ts";

/** A reader under fire. */
export interface Target {
  readonly name: string;
  /** Good inputs; each is a list of files that belong together. */
  readonly corpus: readonly (readonly Sample[])[];
  /** Reads; may only succeed or throw an InputError. */
  read(files: readonly Sample[], dice: Dice): Promise<void>;
}

/** A file by its name. */
export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

const TRACES = resolve("traces");
const SAMPLES = join(TRACES, "samples");
const PLATFORM = "aws-lambda-2024";

const IMPORTED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "run-csv": [["run.csv"], ["warm_512.csv"]],
  wfformat: [["wfformat-1.5.json"], ["wfformat-1.4.json"]],
  "azure-2019": [
    [
      "invocations_per_function_md.anon.d01.csv",
      "function_durations_percentiles.anon.d01.csv",
      "app_memory_percentiles.anon.d01.csv",
    ],
  ],
  "azure-2021": [["azure-2021.csv"]],
  asl: [["thumbnails.asl.json"], ["poll-loop.asl.json"]],
  "power-tuning": [["Scale.json"], ["power-tuning-url.txt"]],
  report: [["report.log"]],
  otlp: [["otlp.json"]],
  jaeger: [["jaeger.json"]],
  zipkin: [["zipkin.json"]],
  xray: [["xray.jsonl"]],
  "sfn-history": [["sfn-history.json"]],
  jolteon: [["jolteon_profile.json", "jolteon.json"]],
  orion: [["rsc_1024_1024_1024.txt", "rsc_3008_3008_3008.txt"]],
  "alibaba-2018": [["batch_task.csv"]],
};

/**
 * Every reader of what others wrote; `scratch` is a folder for what only comes from a file. Not among them is
 * runs.arrow: its library follows whatever lengths a broken file gives, and only our own folders hold one.
 */
export function targetsIn(scratch: string): readonly Target[] {
  return [
    workloadTarget(),
    populationTarget(),
    planTarget(),
    ...Object.entries(IMPORTED).map(([format, corpus]) => importTarget(format, corpus)),
    gzipTarget(scratch),
    textTarget(
      "arrivals-file",
      ["0\n5\n1000.5\n", "arrive_ms,x\n1,a\n2,b\n", "minute,count\n1,3\n2,0\n"],
      (text) => timestampsOf(text, "arrivals.csv"),
    ),
    textTarget("arrivals", ARRIVALS, (text) => arrivalsOf(text, "--arrivals")),
    textTarget(
      "quantities",
      ["250ms", "1.5s", "64KiB", "3.5MB", "$0.002", "0.002 USD", "5m"],
      readQuantities,
    ),
    optionsTarget(),
    tableTarget("cells-csv", headOf("results/video-analytics/cells.csv", 6), cellsFromCsv),
    tableTarget("decisions-csv", DECISIONS, decisionsFromCsv),
  ];
}

const ARRIVALS = [
  "once",
  "poisson:2/s",
  "poisson:30/m",
  "closed:8",
  "timer:5m",
  "bursty:2/m@1h,5/s@30s",
  "diurnal:2/s,base=0.5,peak=14h,weekend=0.7",
  "trace:x.csv",
];

const DECISIONS = `task,workload,stages,policy,objective,quantile,slo_ms,budget_usd,feasible,stop,plans_seen,predicted_latency_ms,predicted_cost_usd_mean,gap
a/1,w,3,wisefuse,cost,0.95,2000,,true,space-exhausted,12,1900.5,0.001,0.02
a/2,w,3,orion,latency,0.95,,0.01,false,plan-limit,120,1900.5,0.001,
`;

function workloadTarget(): Target {
  const yaml = [...shipped(), "samples/thumbnails.yaml"].map((name) => sample(join(TRACES, name)));
  const json = yaml.map(({ name, bytes }) => ({
    name: `${name}.json`,
    bytes: Buffer.from(workloadLine(parseWorkload(bytes.toString("utf8")))),
  }));
  return {
    name: "workload",
    corpus: [...yaml, ...json].map((one) => [one]),
    async read(files) {
      await Promise.resolve();
      for (const { name, bytes } of files)
        checkWorkload(parseWorkload(bytes.toString("utf8"), name));
    },
  };
}

function populationTarget(): Target {
  const lines = shipped().map((name) =>
    workloadLine({ ...parseWorkload(readFileSync(join(TRACES, name), "utf8")), provenance: [] }),
  );
  const text = ['{"schema":"wisefuse/population@1"}', lines[0], "", lines[1]].join("\n");
  return textTarget("population", [text, lines.join("\n")], (written) => {
    for (const read of workloadsOf(written.split("\n"), "population.ndjson")) checkWorkload(read());
  });
}

function planTarget(): Target {
  const { workflow } = parseWorkload(readFileSync(join(TRACES, "ml-pipeline.yaml"), "utf8"));
  const scenario = scenarioOf(
    parseWorkload(readFileSync(join(TRACES, "ml-pipeline.yaml"), "utf8")),
    PLATFORM,
  );
  return textTarget("plan", [planText(unfusedPlan(workflow, () => 1769))], (text) => {
    const plan = parsePlan(text, "plan.json");
    checkPlan(scenario, plan);
    sameAgain(parsePlan(planText(plan)), plan);
  });
}

function importTarget(format: string, corpus: readonly (readonly string[])[]): Target {
  return {
    name: format,
    corpus: corpus.map((names) => names.map((name) => sample(join(SAMPLES, name)))),
    async read(files, dice) {
      const inPieces = files.map((file) => piecesOf(file, dice));
      const options = optionsOf(dice);
      for await (const workload of traceFormat(format).read(inPieces, options))
        checkWorkload(workload);
    },
  };
}

// Through a file, as only there gzip is told by its first bytes.
function gzipTarget(scratch: string): Target {
  const path = join(scratch, "run.csv");
  const bomb = gzipSync(
    Buffer.concat([readFileSync(join(SAMPLES, "run.csv")), Buffer.alloc(100_000_000)]),
  );
  const lines = gzipSync(Buffer.alloc(200_000_000, "\n"));
  const samples = [
    gzipSync(readFileSync(join(SAMPLES, "run.csv"))),
    readFileSync(join(SAMPLES, "run.csv")),
  ];
  return {
    name: "gzip",
    corpus: samples.map((bytes) => [{ name: path, bytes }]),
    async read(files, dice) {
      // Bombs are slow, even to refuse.
      const bytes = dice.happens(0.002) ? dice.of([bomb, lines]) : files[0]!.bytes;
      writeFileSync(path, bytes);
      const read = traceFormat(dice.of(["run-csv", "report"])).read(
        [traceFileAt(path)],
        optionsOf(dice),
      );
      for await (const workload of read) checkWorkload(workload);
    },
  };
}

function optionsTarget(): Target {
  const corpus = [
    { slo: "10s,20s", quantile: 0.95, policies: "wisefuse,orion", count: 3, platform: PLATFORM },
    { budget: "0.001", quantile: 0.5, policies: "all", count: 1, platform: "ideal" },
  ];
  return textTarget(
    "options",
    corpus.map((one) => JSON.stringify(one)),
    (text) => {
      const given = jsonOr({}, text);
      const textOf = (key: string) => (typeof given[key] === "string" ? given[key] : undefined);
      const { quantile = 0.95, count = 1 } = given;
      oneObjective(
        objectivesOf({ slo: textOf("slo"), budget: textOf("budget"), quantile: Number(quantile) }),
      );
      policiesOf(textOf("policies"));
      wholeNumber("--runs", Number(count), 1);
      platformNamed(textOf("platform") ?? PLATFORM);
      const seed = textOf("slo") ?? "1";
      assertInside(`${fileNamePart(cellName(cellOf({ seed, workload: "w" })))}.json`);
    },
  );
}

function tableTarget(
  name: string,
  text: string,
  read: (text: string, file: string) => Promise<unknown>,
): Target {
  return textTarget(name, [text], (written) => read(written, "cells.csv"));
}

function textTarget(
  name: string,
  texts: readonly string[],
  read: (text: string) => unknown,
): Target {
  return {
    name,
    corpus: texts.map((text) => [{ name, bytes: Buffer.from(text) }]),
    async read(files) {
      for (const { bytes } of files) await read(bytes.toString("utf8"));
    },
  };
}

// What was read must be fit for all that follows: a file, a folder's name, a platform.
function checkWorkload(workload: Workload): void {
  const again = parseWorkload(workloadText(workload));
  sameAgain(again, workload);
  assertInside(workloadFileName(workload));
  assertInside(`${fileNamePart(cellName(cellOf({ workload: workload.name })))}.json`);
  if (workload.arrivals !== undefined) checkScenario(scenarioOf(workload, PLATFORM));
}

function sameAgain(again: unknown, first: unknown): void {
  assert(isDeepStrictEqual(again, first), "what was written does not come back");
}

function assertInside(name: string): void {
  const folder = resolve("/results/x");
  const path = join(folder, name);
  const inside = path.startsWith(`${folder}${sep}`) && !path.slice(folder.length + 1).includes(sep);
  assert(inside && !name.includes("\0"), `${JSON.stringify(name)} leaves its folder`);
  assert(Buffer.byteLength(name) <= 255, `${JSON.stringify(name)} is too long for a file's name`);
}

function optionsOf(dice: Dice): ImportOptions {
  return {
    runtime: "python3.12",
    allowBadRows: dice.happens(0.5),
    oneThread: dice.happens(0.2),
    cv: 0.1,
    items: new Map(dice.happens(0.5) ? [["", 4]] : []),
    chances: new Map(),
    unroll: dice.happens(0.5) ? 2 : undefined,
    failures: dice.happens(0.2) ? 0.1 : 0,
    note: () => {},
  };
}

function piecesOf({ name, bytes }: Sample, dice: Dice): TraceFile {
  const text = bytes.toString("utf8");
  const piece = dice.of([1 << 18, 1 << 18, 997]);
  return {
    name,
    async *chunks() {
      for (let at = 0; at < text.length; at += piece)
        yield await Promise.resolve(text.slice(at, at + piece));
    },
  };
}

function readQuantities(text: string): void {
  for (const read of [durationMs, sizeBytes, moneyUsd])
    assert(Number.isFinite(read(text, "--x")), "a quantity must be finite");
}

function jsonOr(otherwise: Record<string, unknown>, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : otherwise;
  } catch {
    return { slo: text, policies: text, platform: text };
  }
}

function shipped(): readonly string[] {
  return readdirSync(TRACES)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
}

function sample(path: string): Sample {
  return { name: path, bytes: readFileSync(path) };
}

function headOf(path: string, lines: number): string {
  return `${readFileSync(path, "utf8").split("\n").slice(0, lines).join("\n")}\n`;
}
