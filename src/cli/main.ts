#!/usr/bin/env node
/**
 * The command line: verbs, arguments, exit codes. The only place where anything is caught. A command is loaded when
 * it is the one to run, so that help and slips are answered at once.
 */

import yargs, { type Argv } from "yargs";
import { hideBin } from "yargs/helpers";
import { InputError } from "../check.ts";
import { refuseRepeats, unknownArgumentText } from "./usage.ts";

const BAD_INPUT = 2;
const BUG = 1;

// Nobody reads the progress any more: that is no reason to stop.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// `wisefuse … | head` closes the pipe early; that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const PLATFORM = "aws-lambda-2024";

function sizeOptions<T>(y: Argv<T>) {
  return y
    .option("policies", { type: "string", describe: "policies, comma-separated, or all" })
    .option("platform", { type: "string", describe: "platform preset" })
    .option("slo", { type: "string", describe: "latency SLOs, such as 10s,20s" })
    .option("budget", { type: "string", describe: "budgets in USD per run, such as 0.001" })
    .conflicts("slo", "budget")
    .option("quantile", { type: "number", default: 0.95, describe: "quantile of latency" })
    .option("runs", { type: "number", describe: "workflow runs per cell" })
    .option("seeds", { type: "number", default: 1, describe: "how many seeds" })
    .option("seed", { type: "string", describe: "seed, any text" })
    .option("quick", { type: "boolean", default: false, describe: "few runs, for a first look" });
}

function sweepOptions<T>(y: Argv<T>) {
  return sizeOptions(y)
    .option("jobs", { type: "number", describe: "threads; all cores by default" })
    .option("out", { alias: "o", type: "string", describe: "results folder" })
    .option("resume", { type: "boolean", default: false, describe: "go on after an interruption" })
    .option("quiet", { type: "boolean", default: false, describe: "no progress" })
    .option("json", { type: "boolean", default: false, describe: "rows as JSON on stdout" });
}

function workloadsOption<T>(y: Argv<T>) {
  return y.positional("workloads", {
    type: "string",
    array: true,
    demandOption: true,
    describe: "names, files, populations, or folders of them",
  });
}

function threadOptions<T>(y: Argv<T>) {
  return y
    .option("jobs", { type: "number", describe: "threads; all cores by default" })
    .option("quiet", { type: "boolean", default: false, describe: "no progress" });
}

const SWEEP = ["policies", "platform", "slo", "budget", "quantile", "runs", "seeds", "seed"];
const SWEEP_OPTIONS = [...SWEEP, "jobs", "out", "resume", "quick", "quiet", "json"];
const ONE = ["policy", "platform", "output", "json"];

const IMPORT = ["output", "name", "runtime", "merge", "arrivals", "allow-bad-rows", "limit"].concat(
  ["memory", "one-thread", "workers", "cv", "items", "chances", "unroll", "failures"],
);

/** Options of each command, to name the nearest. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  experiment: SWEEP_OPTIONS,
  compare: SWEEP_OPTIONS,
  plan: [...ONE, "slo", "budget", "quantile", "pareto", "points"],
  simulate: [...ONE, "plan", "arrivals", "runs", "seed", "spans", "timeline", "warmup"].concat([
    "replications",
    "until",
    "jobs",
  ]),
  import: IMPORT,
  formats: [],
  generate: ["preset", "workflows", "seed", "executions", "output"],
  characterize: ["platform", "sample", "runs", "seed", "output"],
  replay: [
    "policies",
    "platform",
    "hours",
    "warmup",
    "limit",
    "accounts",
    "sizing",
    "shard",
    "seed",
    "output",
    "quiet",
  ],
  sweep: [...SWEEP, "quick", "output", "shards", "shard", "jobs", "quiet", "json"],
  figures: [],
  verify: ["quick", "sample", "seed", "jobs", "quiet"],
  completion: [],
};

let exitCode = 0;

const parser = yargs(hideBin(process.argv))
  .scriptName("wisefuse")
  .usage("$0 <command>\n\nSimulates and plans serverless workflows.")
  .command(
    "experiment <name>",
    "run an experiment, or list them all",
    (y) =>
      sweepOptions(
        y.positional("name", {
          type: "string",
          demandOption: true,
          describe: "name, file, or list",
        }),
      ),
    async (args) => {
      const { experimentCommand, listExperiments } = await import("./experiment-command.ts");
      exitCode =
        args.name === "list"
          ? await listExperiments()
          : await experimentCommand({ kind: "experiment", nameOrFile: args.name }, args);
    },
  )
  .command(
    "compare <workload>",
    "every policy on your own workload",
    (y) => sweepOptions(y.positional("workload", { type: "string", demandOption: true })),
    async (args) => {
      const { experimentCommand } = await import("./experiment-command.ts");
      exitCode = await experimentCommand({ kind: "compare", workload: args.workload }, args);
    },
  )
  .command(
    "plan <workload>",
    "plan a workload for an SLO or a budget",
    (y) =>
      y
        .positional("workload", { type: "string", demandOption: true })
        .option("policy", { type: "string", default: "wisefuse" })
        .option("slo", { type: "string", describe: "latency SLO, such as 20s" })
        .option("budget", { type: "string", describe: "USD per run" })
        .conflicts("slo", "budget")
        .option("quantile", { type: "number", default: 0.95 })
        .option("platform", { type: "string", default: PLATFORM })
        .option("pareto", {
          type: "boolean",
          default: false,
          describe: "also what other plans cost and how fast they are",
        })
        .option("points", { type: "number", default: 12, describe: "objectives --pareto tries" })
        .option("output", {
          alias: "o",
          type: "string",
          describe: "write the plan as JSON, and beside it its picture and the front of --pareto",
        })
        .option("json", { type: "boolean", default: false, describe: "all of it as JSON" }),
    async (args) => {
      const { planCommand } = await import("./plan-command.ts");
      exitCode = await planCommand(args);
    },
  )
  .command(
    "simulate <workload>",
    "simulate a workload under a plan or a policy",
    (y) =>
      y
        .positional("workload", { type: "string", demandOption: true })
        .option("plan", { type: "string", describe: "plan file" })
        .option("policy", { type: "string" })
        .conflicts("plan", "policy")
        .option("arrivals", {
          type: "string",
          describe: "poisson:2/s, closed:8, once, timer:5m, bursty:…, diurnal:…, trace:<file>",
        })
        .option("platform", { type: "string", default: PLATFORM })
        .option("runs", { type: "number", default: 1000 })
        .option("seed", { type: "string", default: "wisefuse" })
        .option("output", { alias: "o", type: "string", describe: "folder for tables and plan" })
        .option("spans", { type: "string", describe: "write executions: .csv, or .json for OTLP" })
        .option("timeline", {
          type: "string",
          describe: "write a typical and a slow run: .json for Perfetto, or .svg",
        })
        .option("warmup", { type: "number", default: 0, describe: "runs before those reported" })
        .option("replications", { type: "number", describe: "independent repetitions, pooled" })
        .option("until", { type: "string", describe: "repeat until precise, such as p95:1%" })
        .option("jobs", {
          type: "number",
          describe: "threads of repetitions; all cores by default",
        })
        .option("json", { type: "boolean", default: false }),
    async (args) => {
      const { simulateCommand } = await import("./simulate-command.ts");
      exitCode = await simulateCommand(args);
    },
  )
  .command(
    "import <format> <files..>",
    "make a workload of a trace, a profile or a definition",
    (y) =>
      y
        .positional("format", { type: "string", demandOption: true, describe: "see formats" })
        .positional("files", { type: "string", array: true, demandOption: true })
        .option("output", { alias: "o", type: "string", describe: ".yaml file, or a folder" })
        .option("name", { type: "string", describe: "name of the workload" })
        .option("runtime", { type: "string", default: "python3.12", describe: "where not written" })
        .option("merge", { type: "string", describe: "stage=workload.yaml: times for the graph" })
        .option("arrivals", { type: "string", describe: "poisson:2/s, in place of the file's" })
        .option("allow-bad-rows", { type: "boolean", default: false })
        .option("limit", { type: "number", describe: "workloads to keep, most called first" })
        .option("memory", { type: "number", describe: "MB, where the file does not say" })
        .option("workers", { type: "number", describe: "jolteon: workers to take" })
        .option("one-thread", {
          type: "boolean",
          default: false,
          describe: "times are of one thread: any size can be planned",
        })
        .option("cv", {
          type: "number",
          default: 0.1,
          describe: "variation, where means are given",
        })
        .option("items", { type: "string", describe: "asl: items of Maps: 30, or Map=30" })
        .option("chances", { type: "string", describe: "asl: chance of a branch, State->Next=0.9" })
        .option("unroll", { type: "number", describe: "asl: how often a loop runs" })
        .option("failures", { type: "number", default: 0, describe: "asl: chance of a retry" }),
    async (args) => {
      const { importCommand } = await import("./import-command.ts");
      exitCode = await importCommand(args);
    },
  )
  .command("formats", "formats that can be imported, and what each supplies", {}, async () => {
    const { formatsCommand } = await import("./formats-command.ts");
    exitCode = formatsCommand();
  })
  .command(
    "generate",
    "a production-like population of workflows",
    (y) =>
      y
        .option("preset", {
          type: "string",
          default: "azure-durable",
          describe: "statistics to follow: azure-durable, azure-durable-workflows",
        })
        .option("workflows", { type: "number", demandOption: true, describe: "how many" })
        .option("seed", { type: "string", default: "wisefuse" })
        .option("executions", {
          type: "number",
          describe: "compare so many executions with what was published, not all",
        })
        .option("output", { alias: "o", type: "string", describe: "folder for the workflows" }),
    async (args) => {
      const { generateCommand } = await import("./generate-command.ts");
      exitCode = generateCommand(args);
    },
  )
  .command(
    "characterize <workloads..>",
    "shapes, popularity and behaviour of workloads",
    (y) =>
      workloadsOption(y)
        .option("platform", { type: "string", default: PLATFORM })
        .option("sample", { type: "number", default: 300, describe: "workloads to run" })
        .option("runs", { type: "number", default: 100, describe: "runs of each" })
        .option("seed", { type: "string", default: "wisefuse" })
        .option("output", { alias: "o", type: "string", describe: "folder for tables, figures" }),
    async (args) => {
      const { characterizeCommand } = await import("./characterize-command.ts");
      exitCode = await characterizeCommand(args);
    },
  )
  .command(
    "replay <workloads..>",
    "many workflows on one account, under each policy",
    (y) =>
      workloadsOption(y)
        .option("policies", { type: "string", default: "unfused,wisefuse" })
        .option("platform", { type: "string", default: PLATFORM })
        .option("hours", { type: "number", default: 24, describe: "hours reported" })
        .option("warmup", { type: "number", default: 1, describe: "hours before these" })
        .option("limit", { type: "number", describe: "VMs of the account at once" })
        .option("shard", { type: "string", describe: "i/N: every N-th workload, an own account" })
        .option("accounts", { type: "number", default: 1, describe: "accounts that share them" })
        .option("sizing", {
          type: "string",
          default: "tuned",
          describe: "tuned, or default: one vCPU a worker",
        })
        .option("quiet", { type: "boolean", default: false, describe: "no progress" })
        .option("seed", { type: "string", default: "wisefuse" })
        .option("output", { alias: "o", type: "string", describe: "folder for the rows" }),
    async (args) => {
      const { replayCommand } = await import("./replay-command.ts");
      exitCode = await replayCommand(args);
    },
  )
  .command("sweep", "one experiment on many machines", (y) =>
    y
      .command(
        "plan <experiment>",
        "divide an experiment into shards, and write the files that submit them",
        (z) =>
          sizeOptions(z.positional("experiment", { type: "string", demandOption: true }))
            .option("shards", { type: "number", describe: "how many; a minute each by default" })
            .option("output", {
              alias: "o",
              type: "string",
              demandOption: true,
              describe: "folder of the sweep, seen by every machine",
            }),
        async (args) => {
          const { sweepPlanCommand } = await import("./sweep-command.ts");
          exitCode = await sweepPlanCommand(args);
        },
      )
      .command(
        "run <folder>",
        "run what is missing of a shard, or of all",
        (z) =>
          threadOptions(
            z
              .positional("folder", { type: "string", demandOption: true })
              .option("shard", { type: "string", describe: "i/N, i from 1; all by default" }),
          ),
        async (args) => {
          const { sweepRunCommand } = await import("./sweep-command.ts");
          exitCode = await sweepRunCommand(args);
        },
      )
      .command(
        "collect <folder>",
        "write the results as the experiment alone would have",
        (z) =>
          z
            .positional("folder", { type: "string", demandOption: true })
            .option("output", { alias: "o", type: "string", describe: "results folder" })
            .option("json", { type: "boolean", default: false, describe: "rows as JSON" }),
        async (args) => {
          const { sweepCollectCommand } = await import("./sweep-command.ts");
          exitCode = await sweepCollectCommand(args);
        },
      )
      .demandCommand(1, "give plan, run or collect"),
  )
  .command(
    "figures [names..]",
    "redraw figures from stored tables",
    (y) => y.positional("names", { type: "string", array: true, default: [] as string[] }),
    async (args) => {
      const { figuresCommand } = await import("./figures-command.ts");
      exitCode = await figuresCommand(args.names);
    },
  )
  .command(
    "verify <results>",
    "run a results folder again and compare its bytes",
    (y) =>
      threadOptions(
        y
          .positional("results", { type: "string", demandOption: true, describe: "results folder" })
          .option("quick", { type: "boolean", default: false, describe: "cells of two policies" })
          .option("sample", { type: "number", describe: "so many tasks, drawn by --seed" })
          .option("seed", { type: "string", default: "wisefuse" }),
      ),
    async (args) => {
      const { verifyCommand } = await import("./verify-command.ts");
      exitCode = await verifyCommand(args);
    },
  )
  .completion("completion", "print a shell completion script")
  .check((options) => {
    refuseRepeats(options);
    return true;
  })
  .strict()
  .demandCommand(1, "give a command")
  .help()
  .version()
  .wrap(80)
  .exitProcess(false)
  .fail((message: string | null, error: Error | undefined) => {
    throw error ?? new InputError("usage", usageMessage(message ?? "wrong usage"));
  });

// yargs names an unknown option without saying what may have been meant.
function usageMessage(message: string): string {
  const lines = message.split("\n").filter((line) => line !== "");
  const unknown = /^Unknown (?:argument|command)s?: ([^\s,]+)/.exec(lines[0] ?? "");
  if (unknown === null) return `${lines.join("; ")}; see wisefuse --help`;
  const command = hideBin(process.argv).find((word) => !word.startsWith("-"));
  return unknownArgumentText(unknown[1]!, command, OPTIONS);
}

try {
  await parser.parseAsync();
  process.exitCode = exitCode;
} catch (error) {
  if (error instanceof InputError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = BAD_INPUT;
  } else {
    process.stderr.write("this is a bug of wisefuse, please report it:\n");
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = BUG;
  }
}
