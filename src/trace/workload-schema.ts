/** The schema of `wisefuse/workload@1`: what a workload file may say, and what it becomes. */

import { z } from "zod";
import { constantOf } from "../stats/families.ts";
import {
  type Failures,
  RETRIES_MAX,
  type RetryRule,
  STATES_LANGUAGE_RETRY,
} from "../plan/failures.ts";
import type { Branch, CpuCompute, MeasuredCompute } from "../workflow/profile.ts";
import {
  duration,
  durationDistribution,
  measuredDuration,
  money,
  sizeDistribution,
  workersDistribution,
} from "./distribution-schema.ts";
import { addFault, mappingOf } from "./faults.ts";
import { readArrivals } from "./units.ts";

/** The `schema` line of a workload file. */
export const WORKLOAD_SCHEMA = "wisefuse/workload@1";

// No ">" so that `from->to` names one edge; no "/" so that a name can be part of a file's name.
const NAME = /^[\p{L}\p{N}]([\p{L}\p{N} _.:-]*[\p{L}\p{N}_.:-])?$/u;
const MEMORY_KEY = /^\d+(\.\d+)?$/;

const name = z
  .string()
  .max(100)
  .regex(NAME, { error: "expected a name of letters, digits, spaces and _ . : -" });
const nonNegative = z.number().min(0);
const fraction = z.number().min(0).max(1);

const cpuCompute = mappingOf({
  cpu: durationDistribution.describe("CPU time of one worker at one vCPU, before skew (vCPU-ms)."),
  serialFraction: fraction.describe(
    "Part of the work that never runs in parallel, 0 to 1 (Amdahl).",
  ),
  maxVcpus: z.number().min(1).describe("Most vCPUs one worker can use."),
  parallelYield: fraction
    .default(1)
    .describe("What each busy vCPU of a VM beyond the first adds, 0 to 1."),
  oversubscription: mappingOf({
    threads: z.number().min(1),
    penalty: nonNegative,
    exponent: z.number().gt(0),
  })
    .optional()
    .describe(
      "Slow-down when threads outnumber vCPUs: 1 + penalty (1 - max(share, 1)/threads)^exponent.",
    ),
}).transform(
  ({ cpu, serialFraction, maxVcpus, parallelYield, oversubscription }): CpuCompute => ({
    kind: "cpu",
    cpuMs: cpu,
    serialFraction,
    maxVcpus,
    parallelYield,
    ...(oversubscription === undefined ? {} : { oversubscription }),
  }),
);

const measuredCompute = mappingOf({
  byMemoryMb: z
    .record(
      z.string().regex(MEMORY_KEY, { error: "expected a memory size in MB such as 1769" }),
      measuredDuration,
    )
    .superRefine((sizes, context) => {
      if (Object.keys(sizes).length === 0)
        addFault(context, [], "expected at least one memory size");
      for (const size of Object.keys(sizes))
        if (Number(size) === 0) addFault(context, [size], "a memory size must be more than 0 MB");
    })
    .describe("Compute time of one worker alone in its VM, by memory size in MB."),
}).transform(
  ({ byMemoryMb }): MeasuredCompute => ({
    kind: "measured",
    sizes: Object.entries(byMemoryMb)
      .map(([memoryMb, timeMs]) => ({ memoryMb: Number(memoryMb), timeMs }))
      .toSorted((a, b) => a.memoryMb - b.memoryMb),
  }),
);

const skew = mappingOf({
  content: z
    .union(
      [
        nonNegative,
        z
          .array(nonNegative)
          .min(1)
          .superRefine((weights, context) => {
            if (weights.every((weight) => weight === 0))
              addFault(context, [], "expected at least one weight above 0");
          }),
      ],
      { error: "expected a lognormal sigma or a list of weights, one per worker" },
    )
    .describe("Inequality of workers: a lognormal sigma, or one known weight per worker."),
  run: nonNegative.describe("Lognormal sigma of the factor that all workers of a run share."),
  runFactor: name
    .optional()
    .describe("Stages with the same name share one run factor; by default the stage's own id."),
  noise: nonNegative.describe("Coefficient of variation of the per-worker platform noise."),
});

const branch = mappingOf({
  choice: name.describe("Stages that name the same choice see the same draw."),
  within: z
    .array(z.tuple([fraction, fraction]))
    .min(1)
    .superRefine((parts, context) => {
      parts.forEach(([from, to], i) => {
        if (from > to || from < (parts[i - 1]?.[1] ?? 0))
          addFault(context, [i], "expected parts [from, to] of 0 to 1, ascending and apart");
      });
    })
    .describe("Parts of 0 to 1 in which the stage runs; together its chance."),
  workersEach: z
    .int()
    .min(1)
    .optional()
    .describe("Workers in a row that share a draw; without it one draw a run."),
}).transform(
  ({ workersEach, ...rest }): Branch => ({
    ...rest,
    ...(workersEach === undefined ? {} : { workersEach }),
  }),
);

const stage = mappingOf({
  id: name,
  workers: workersDistribution,
  runtime: z.string().min(1).describe("Language runtime as the platform names it: python3.12."),
  package: mappingOf({ format: z.enum(["zip", "image"]), mb: nonNegative }),
  memoryMb: mappingOf({
    runtime: nonNegative.describe("Interpreter, libraries and shared read-only data, MB."),
    worker: nonNegative.describe("MB per resident worker."),
  }),
  initCpu: duration.describe("Handler start (imports, model load), single-threaded, vCPU-ms."),
  compute: z.union([cpuCompute, measuredCompute], {
    error: "expected {cpu, serialFraction, maxVcpus} or {byMemoryMb}",
  }),
  wait: durationDistribution.describe("Time waiting on remote calls, independent of VM size."),
  skew,
  when: z
    .array(branch)
    .min(1)
    .optional()
    .describe("The stage runs only where all of these hold; otherwise it takes no time."),
}).superRefine(({ workers, skew: { content } }, context) => {
  const count = constantOf(workers);
  if (typeof content === "number" || content.length === count) return;
  if (count === undefined)
    addFault(context, ["skew", "content"], "a list of weights needs a constant number of workers");
  else if (count >= 1)
    addFault(context, ["skew", "content"], `expected ${count} weights, one per worker`, "found");
});

const edge = mappingOf({
  from: z
    .string()
    .min(1)
    .describe('A stage, or "input": the workflow\'s input in the object store.'),
  to: z
    .string()
    .min(1)
    .describe('A stage, or "output": the workflow\'s result in the object store.'),
  bytes: sizeDistribution.describe(
    "Total over the whole edge in one run; a broadcast counts what one receiver reads.",
  ),
  shape: z
    .enum(["pairwise", "scatter", "gather", "broadcast", "shuffle"])
    .describe("How the bytes are split over the workers at both ends."),
  scalesWithRun: z
    .boolean()
    .default(false)
    .describe("Whether bytes are multiplied by the run factor of the producing stage."),
  parallelRequests: z
    .int()
    .min(1)
    .default(1)
    .describe("Store requests a reader keeps in flight when it reads several objects."),
});

const arrivals = z
  .union(
    [
      z.string().transform((text, context) => {
        const read = readArrivals(text);
        if (typeof read !== "string") return read;
        addFault(context, [], read);
        return z.NEVER;
      }),
      mappingOf({ timestamps: z.array(duration).min(1) }).transform(({ timestamps }) => ({
        kind: "timestamps" as const,
        atMs: timestamps.toSorted((a, b) => a - b),
      })),
      mappingOf({
        perMinute: z
          .array(z.int().min(0))
          .min(1)
          .superRefine((counts, context) => {
            if (counts.every((count) => count === 0))
              addFault(context, [], "expected at least one run");
          }),
        inside: z.enum(["uniform", "poisson"]),
      }).transform(({ perMinute, inside }) => ({
        kind: "per-minute" as const,
        counts: perMinute,
        inside,
      })),
    ],
    {
      error:
        'expected arrivals such as "poisson:2/s", "closed:8" or "once", {timestamps: […]}, or {perMinute: […], inside: uniform}',
    },
  )
  .describe(
    'How runs arrive: "once", "poisson:2/s", "closed:8", "timer:5m", "bursty:2/m@1h,5/s@30s", "diurnal:2/s,base=0.5,peak=14h,weekend=0.7", {timestamps: […]} or {perMinute: […], inside: uniform}.',
  );

const failures = mappingOf({
  crashesPerHour: nonNegative
    .default(0)
    .describe("Crashes of a VM per hour in which its code runs; all that is in it is lost."),
  invocationErrors: fraction
    .default(0)
    .describe("Chance that an invocation of a VM ends in an error, at any moment of its time."),
  storeErrors: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("Chance that a request to the object store fails; the worker repeats it."),
  duplicates: fraction
    .default(0)
    .describe("Chance that an invocation runs twice: both are billed, the first result counts."),
  retry: mappingOf({
    interval: duration.describe("Wait before the first repeat of an invocation."),
    backoffRate: z.number().min(1).describe("Each later wait is so many times the one before."),
    maxAttempts: z.int().min(0).max(RETRIES_MAX).describe("Repeats after the first attempt."),
  })
    .transform(({ interval, ...rest }): RetryRule => ({ intervalMs: interval, ...rest }))
    .optional()
    .describe("Of a failed invocation; by default that of Amazon States Language: 1s, 2, 3."),
})
  .transform(
    ({ retry, ...rates }): Failures => ({ ...rates, retry: retry ?? STATES_LANGUAGE_RETRY }),
  )
  .describe("What goes wrong; nothing does that is not said.");

const objective = mappingOf({
  quantile: z.number().gt(0).lt(1).describe("Quantile of latency that counts, such as 0.95."),
  slo: duration.optional().describe("Latency allowed at that quantile."),
  budget: money.optional().describe("Mean cost allowed, USD per run."),
}).describe("What to plan for when the command line does not say.");

const provenance = mappingOf({
  path: z.string().min(1).describe("Stages by id, edges by from->to: stages.classify.compute."),
  tag: z.enum(["measured", "derived", "assumed"]),
  source: z.string().min(1),
});

/** A whole workload file: reads quantities with their units into plain numbers. */
export const workloadSchema = mappingOf({
  $schema: z.string().optional().describe("Where an editor finds this schema; otherwise ignored."),
  schema: z.literal(WORKLOAD_SCHEMA),
  name,
  description: z.string(),
  source: z.string().min(1).describe("Where the numbers come from."),
  arrivals: arrivals.optional(),
  failures: failures.optional(),
  objective: objective.optional(),
  stages: z.array(stage).min(1),
  edges: z.array(edge),
  provenance: z
    .array(provenance)
    .default([])
    .describe("For parts of the file: measured, derived or assumed, and from what."),
}).meta({
  title: "WiseFuse workload",
  description: "A serverless workflow: its stages, the data between them, and how they behave.",
});

/** What a workload file says, in plain numbers. */
export type WorkloadFile = z.output<typeof workloadSchema>;

/** The JSON Schema of workload files, for editors; what it cannot say is checked on reading. */
export function workloadJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(workloadSchema, { io: "input" }) };
}
