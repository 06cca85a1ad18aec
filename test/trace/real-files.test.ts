import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import { meanOf, samplerOf } from "../../src/stats/families.ts";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import type { ImportOptions } from "../../src/trace/trace-format.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadText } from "../../src/trace/workload-text.ts";
import { DATA } from "../calibration/data.ts";
import { fileOf, importFiles } from "./importing.ts";

/** A format, the real files given at once, and why they are refused, if they must be. */
interface Case {
  readonly format: string;
  readonly files: readonly string[];
  readonly options?: Partial<ImportOptions>;
  readonly refusal?: RegExp;
}

const LOOP = /: loop: .+ -> .+; a workflow has none, --unroll 2 runs it twice/;
const LOOPS = [
  "bedrock-evaluations-jsonata-loop",
  "lambda-version-cleanup-loop",
  "uml-background-checks-loop",
];

function eachOf(folder: string, format: string, ending: RegExp): readonly Case[] {
  const path = join(DATA, folder);
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => ending.test(name) && !name.includes("schema"));
  return names.map((name) => ({ format, files: [`${folder}/${name}`] }));
}

function setOf(folder: string, format: string, options?: Partial<ImportOptions>): readonly Case[] {
  const path = join(DATA, folder);
  if (!existsSync(path)) return [];
  return [
    { format, files: readdirSync(path).map((name) => `${folder}/${name}`), options: options ?? {} },
  ];
}

const definitions = eachOf("asl", "asl", /\.json$/);
const hasLoop = ({ files }: Case) => LOOPS.some((name) => files[0]!.includes(name));

const CASES: readonly Case[] = [
  ...eachOf("wfinstances", "wfformat", /\.json(\.gz)?$/),
  ...eachOf("wfinstances-1.4", "wfformat", /\.json$/),
  ...definitions.map((one) => (hasLoop(one) ? { ...one, refusal: LOOP } : one)),
  ...definitions.filter(hasLoop).map((one) => ({ ...one, options: { unroll: 2 } })),
  ...eachOf("orion", "asl", /StateMachine\.json$/),
  ...setOf("orion/profile_ML", "orion"),
  ...setOf("orion/profile_Video", "orion"),
  ...["ML-P", "Video-A"].flatMap((app) => jolteonOf(app)),
  ...eachOf("azure-functions", "azure-2021", /2021.*\.csv$/),
  ...setOf("azure-functions/extremes", "azure-2019"),
  ...setOf("azure-functions/example-handmade", "azure-2019"),
  ...eachOf("traces", "otlp", /^otlp.*\.json$/),
  ...eachOf("traces", "jaeger", /^jaeger.*\.json$/),
  ...eachOf("traces", "zipkin", /^zipkin.*\.json$/),
  // Seven fragments of a manual in one list, each wrapped: no file that X-Ray gives.
  ...eachOf("traces", "xray", /^xray.*\.json$/).map((one) => ({
    ...one,
    refusal: /:2:2: 0\.id: missing, expected a text/,
  })),
  // A test's recording, its times masked, around what the command line prints.
  ...eachOf("sfn-execution-history", "sfn-history", /\.gz$/).map((one) => ({
    ...one,
    refusal: /:1:1: events: missing, expected a list/,
  })),
  ...eachOf("power-tuning", "power-tuning", /input\.json$/).map((one) => ({
    ...one,
    refusal: /is the input of a power tuning run, not its result/,
  })),
  // The decoded form of a URL, which no tool writes.
  ...eachOf("power-tuning", "power-tuning", /vector.*\.json$/).map((one) => ({
    ...one,
    refusal: /expected "stats" .* or "stateMachine\.visualization"/,
  })),
  ...eachOf("cloudwatch-report", "report", /\.txt$/),
];

function jolteonOf(app: string): readonly Case[] {
  const [all] = setOf("jolteon", "jolteon");
  if (all === undefined) return [];
  const letter = app.slice(0, 2);
  return [{ ...all, files: all.files.filter((name) => name.includes(`/${letter}`)) }];
}

/** What lies beside them and is in no format that is read: what it is instead. */
const NO_FORMAT: Readonly<Record<string, string>> = {
  LICENSES: "texts",
  argo: "definitions of a workflow system that few use for functions",
  "azure-llm-arrivals": "times of day; wanted as ms by --arrivals trace:<file>",
  "huawei-2025": "ten printed rows a table, of no graph",
  "lambda-coldstart-2017": "durations of first calls, of no workflow",
  "lambda-perf": "starts by runtime and memory: the platform's, not a workload's",
  orcbench: "quantiles of clusters of functions",
  "sebs-flow-definitions": "definitions without times; its runs are read as run-csv",
  "serverless-workflow-dsl": "definitions that the specification's own reader refuses",
};

const table: string[] = [];
const there = CASES.length > 0;

describe.skipIf(!there)(
  `real files${there ? "" : " (skipped: no data beside the repository)"}`,
  () => {
    test.each(CASES.map((one) => [one.format, one.files.join(" "), one] as const))(
      "%s %s",
      async (format, shown, { files, options, refusal }) => {
        const given = files.map((name) => traceFileAt(join(DATA, name)));
        const name = `${format.padEnd(12)} ${shown.length > 60 ? `${shown.slice(0, 59)}…` : shown}`;
        if (refusal !== undefined) {
          const error = await importFiles(format, given, options).catch(
            (caught: unknown) => caught,
          );
          expect(error).toBeInstanceOf(InputError);
          const said = error instanceof InputError ? error.message.split("\n")[0]! : "";
          expect(said).toMatch(refusal);
          table.push(`${name}: refused: ${said.replaceAll(`${DATA}/`, "")}`);
          return;
        }
        const { workloads } = await importFiles(format, given, options);
        expect(workloads.length).toBeGreaterThan(0);
        const stages = workloads.reduce((sum, one) => sum + one.workflow.stages.length, 0);
        const edges = workloads.reduce((sum, one) => sum + one.workflow.edges.length, 0);
        table.push(`${name}: ${workloads.length} workloads, ${stages} stages, ${edges} edges`);
        const [first] = workloads;
        // Reading back more stages than this only takes time.
        if (first!.workflow.stages.length <= 60)
          expect(parseWorkload(workloadText(first!))).toEqual(first);
      },
    );

    test("every other folder is known to hold no workload", () => {
      const read = new Set(CASES.flatMap(({ files }) => files.map((name) => name.split("/")[0]!)));
      const folders = readdirSync(DATA, { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      );
      const others = folders.map((entry) => entry.name).filter((name) => !read.has(name));
      for (const name of others) table.push(`(no format) ${name}: ${NO_FORMAT[name]}`);
      expect(others.filter((name) => NO_FORMAT[name] === undefined)).toEqual([]);
    });

    // Medians and means worked out of the same files once, apart from this program.
    test("ORION's stages keep their medians at every memory size", async () => {
      const given = (app: string) => setOf(`orion/profile_${app}`, "orion")[0]!.files;
      const mediansMs = async (app: string, stage: string) => {
        const files = given(app).map((name) => traceFileAt(join(DATA, name)));
        const { workloads } = await importFiles("orion", files);
        const { compute } = workloads[0]!.profile[stage]!;
        if (compute.kind !== "measured") throw new Error("expected measured sizes");
        expect(compute.sizes.map((size) => size.memoryMb)).toEqual([1000, 1800, 5000, 10_240]);
        return compute.sizes.map(({ timeMs }) => samplerOf(timeMs)(0.5));
      };
      expect(await mediansMs("ML", "PCA")).toEqual([15590, 8824, 7279.5, 6919]);
      expect(await mediansMs("ML", "ParamTune")).toEqual([124070, 67705, 17329, 5380.5]);
      expect(await mediansMs("Video", "Classify")).toEqual([52461, 29421, 17508.5, 14271.5]);
      expect(await mediansMs("Video", "Split")).toEqual([2617.5, 2417, 2427.5, 2380]);
    });

    test("Jolteon's stages keep their means, whatever the parallelism taken", async () => {
      const files = jolteonOf("ML")[0]!.files.map((name) => traceFileAt(join(DATA, name)));
      const meansS = async (workers: number) => {
        const { workloads } = await importFiles("jolteon", files, { workers });
        const { compute } = workloads[0]!.profile["stage1"]!;
        if (compute.kind !== "measured") throw new Error("expected measured sizes");
        return compute.sizes.map(({ timeMs }) => Math.round(meanOf(timeMs) / 10) / 100);
      };
      expect(await meansS(8)).toEqual([46.99, 24.58, 15.2, 18.97, 10.05, 7.82]);
      expect((await meansS(32)).slice(0, 3)).toEqual([11.75, 6.31, 3.7]);
    });

    test("each whole X-Ray document of the manual's is a trace", async () => {
      const text = readFileSync(join(DATA, "traces/xray-segment-documents.extract.json"), "utf8");
      const list = JSON.parse(text) as readonly {
        readonly document: { readonly in_progress?: boolean };
      }[];
      const ended = list.filter(({ document }) => document.in_progress === undefined);
      expect(ended).toHaveLength(6);
      for (const { document } of ended) {
        const { workloads } = await importFiles("xray", [
          fileOf("x.json", JSON.stringify(document), 4096),
        ]);
        expect(workloads[0]!.workflow.stages).toHaveLength(1);
      }
    });

    test("the README's Power Tuning URL holds the six sizes and times decoded beside it", async () => {
      const text = readFileSync(
        join(DATA, "power-tuning/visualization-url-vector.extract.json"),
        "utf8",
      );
      const { hash, decoded } = JSON.parse(text) as {
        readonly hash: string;
        readonly decoded: readonly {
          readonly memoryMB: number;
          readonly averageDurationMs: number;
        }[];
      };
      const { workloads } = await importFiles("power-tuning", [fileOf("f.txt", hash)], { cv: 0 });
      const { compute } = workloads[0]!.profile["f"]!;
      if (compute.kind !== "measured") throw new Error("expected measured sizes");
      expect(compute.sizes.map((size) => size.memoryMb)).toEqual(
        decoded.map((one) => one.memoryMB),
      );
      compute.sizes.forEach(({ timeMs }, i) =>
        expect(timeMs).toBeCloseTo(decoded[i]!.averageDurationMs, 3),
      );
    });

    afterAll(() => {
      process.stdout.write(`${table.toSorted().join("\n")}\n`);
    });
  },
);
