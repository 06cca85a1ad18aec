import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { frontTable, type Front } from "../../src/result/front.ts";
import { emptyFolder, listing, run } from "./run.ts";

const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));

const estimate = z.strictObject({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const prediction = z.strictObject({
  latencyMsP50: z.number(),
  latencyMsP95: z.number(),
  latencyMsP99: z.number(),
  latencyMsAtQuantile: z.number(),
  costUsdMean: z.number(),
});
const objective = z.strictObject({
  minimize: z.literal("cost"),
  quantile: z.number(),
  latencyMsMax: z.number(),
});
const plan = z.looseObject({ schema: z.literal("wisefuse/plan@1") });
const front = z.strictObject({
  schema: z.literal("wisefuse/front@1"),
  workload: z.string(),
  platform: z.string(),
  policy: z.string(),
  objective,
  points: z
    .array(z.strictObject({ prediction, signature: z.string(), chosen: z.boolean(), plan }))
    .min(1),
  chosenBeatenBy: z.number().nullable(),
});
// As docs/plan.md describes it.
const report = z.strictObject({
  schema: z.literal("wisefuse/plan-report@1"),
  workload: z.string(),
  platform: z.string(),
  policy: z.string(),
  objective,
  feasible: z.boolean(),
  prediction,
  expected: z.strictObject({
    runs: z.number(),
    latencyMsP50: estimate,
    latencyMsP95: estimate,
    latencyMsP99: estimate,
    latencyMsAtQuantile: estimate,
    costUsdMean: estimate,
  }),
  coldStarts: z.strictObject({
    runFraction: z.number().min(0).max(1),
    latencyMsAtQuantileWithout: z.number(),
  }),
  decisions: z
    .array(
      z.strictObject({
        kind: z.string(),
        decision: z.string(),
        instead: z.string(),
        plan,
        latencyMs: estimate,
        costUsd: estimate,
        without: prediction,
        keepsBound: z.boolean(),
        missed: z.boolean(),
      }),
    )
    .min(1),
  stop: z.string(),
  plansSeen: z.number(),
  goalLowerBound: z.number().nullable(),
  optimalityGap: z.number().nullable(),
  assumptions: z.array(
    z.strictObject({
      of: z.enum(["workload", "platform", "model"]),
      path: z.string(),
      text: z.string(),
    }),
  ),
  plan,
});

test("plan explains its decisions, search, assumptions and front within 80 columns", async () => {
  const args = ["plan", "ml-pipeline", "--pareto", "--points", "3"];
  const { code, stdout, stderr } = await run(args, emptyFolder());
  expect(code).toBe(0);
  expect(stderr).toBe("searching the cost-latency front: 3 objectives\n");
  expect(widest(stdout)).toBeLessThanOrEqual(80);
  const shape = stdout.replaceAll(/[−+]?\d[\d.,]*/g, "#").replaceAll(/ +/g, " ");
  expect(shape).toContain(`objective: least cost, P# ≤ # s
expected, with # % intervals:
 P# # (# to #) s
 P# # (# to #) s
 P# # (# to #) s
 cost # (# to #) USD per # runs
 Intervals are of the luck in the model's # runs, not of its error.
 # % of the model's runs meet a cold start; without any, P# is # s.

what each decision changes, against the plan without that one:
 what it changes without it
 P# # % interval cost P# cost
 s s USD/#k s USD/#k
`);
  expect(shape).toMatch(/\ngive pca # MB\n vs # MB, as unfused # # to # # # #\n/);
  expect(shape).toMatch(/\nsearch: # plans seen; /);
  for (const heading of [
    "assumed of the workload, not measured:",
    "assumed of the platform:",
    "left out by the model:",
  ])
    expect(stdout).toContain(`\n${heading}\n  `);
  expect(shape).toMatch(
    /\n\ncost-latency front of wisefuse: # plans, each the fastest for its money\n USD per P# P# P#\n #k runs s s s plan\n( #|> #) # # # # pca @# \| param-tune @# \| combine @#\n/,
  );
});

test("plan --json holds to its schema, and --pareto -o writes the front beside the plan", async () => {
  const folder = emptyFolder();
  const args = ["plan", "ml-pipeline", "--pareto", "--points", "4", "-o", "out/p.json"];
  const { code, stdout, stderr } = await run([...args, "--json"], folder);
  expect(code).toBe(0);
  expect(stderr).toBe("searching the cost-latency front: 4 objectives\n");
  const answer = report.extend({ front }).parse(JSON.parse(stdout));
  expect(answer.front.points.filter(({ chosen }) => chosen).length).toBe(
    answer.front.chosenBeatenBy === null ? 1 : 0,
  );
  const drawn = ["p.pareto.json", "p.pareto.png", "p.pareto.svg", "p.pareto.vl.json"];
  const files = ["p.json", ...drawn, "p.png", "p.svg"];
  expect(listing(join(folder, "out"))).toEqual(files);
  const picture = readFileSync(join(folder, "out/p.svg"), "utf8");
  for (const text of ["ml-pipeline, WiseFuse", "param-tune \u00d7 16", "store", "#b00020"])
    expect(picture).toContain(text);
  const stored = JSON.parse(readFileSync(join(folder, "out/p.pareto.json"), "utf8")) as Front;
  expect(stored).toEqual(answer.front);
  expect(JSON.parse(readFileSync(join(folder, "out/p.json"), "utf8"))).toEqual(answer.plan);
  const png = readFileSync(join(folder, "out/p.pareto.png"));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(widest(frontTable(stored))).toBeLessThanOrEqual(80);
});

test("a plan that misses its objective is explained too, with exit code 3", async () => {
  const args = ["plan", "ml-pipeline", "--slo", "1ms", "--policy", "unfused"];
  const { code, stdout, stderr } = await run(args, emptyFolder());
  expect(code).toBe(3);
  expect(stdout).toContain("objective: least cost, P95 ≤ 1 ms; not met, this is the nearest\n");
  expect(stdout).toContain("no decision to undo\n");
  expect(stderr).toContain("no plan found meets least cost, P95 ≤ 1 ms; this is the nearest\n");
});

test("plan refuses a front of fewer than two points", async () => {
  const { code, stderr } = await run(["plan", "ml-pipeline", "--points", "1"], emptyFolder());
  expect(code).toBe(2);
  expect(stderr).toBe("--points: expected a whole number of at least 2, got 1\n");
});
