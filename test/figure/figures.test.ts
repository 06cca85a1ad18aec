import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { bundleCurve, levelCurve } from "../../src/figure/level-curve.ts";
import { coldCurve } from "../../src/figure/cold-curve.ts";
import { costBars } from "../../src/figure/cost-bars.ts";
import { costLatency } from "../../src/figure/cost-latency.ts";
import { captioned, renderPng, renderSvg, renderWithWarnings } from "../../src/figure/figure.ts";
import { latencyBars } from "../../src/figure/latency-bars.ts";
import { latencyCdf } from "../../src/figure/latency-cdf.ts";
import { policyStyle } from "../../src/figure/palette.ts";
import { gapCdf } from "../../src/figure/gap-cdf.ts";
import { planningTime } from "../../src/figure/planning-time.ts";
import { predictionError } from "../../src/figure/prediction-error.ts";
import {
  relativeCostBars,
  relativeLatencyBars,
  wisefuseCostBars,
  wisefuseLatencyBars,
} from "../../src/figure/relative-bars.ts";
import { relativeCurve } from "../../src/figure/relative-curve.ts";
import { sloAttainment, sloCost } from "../../src/figure/slo-curve.ts";
import { timeBreakdown } from "../../src/figure/time-breakdown.ts";
import type { DecisionRow } from "../../src/result/decision-table.ts";
import { headlineRows } from "../../src/result/comparison.ts";
import { HABITS, sampleTables } from "../result/sample.ts";

const require = createRequire(import.meta.url);
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

const slos = sampleTables([{ slo_ms: 15_000 }, { slo_ms: 20_000 }, { slo_ms: 30_000 }], 400);
const budgets = sampleTables(
  ["ml-pipeline", "video-analytics"].map((workload) => ({
    workload,
    objective: "latency" as const,
    slo_ms: null,
    budget_usd: 0.0011,
  })),
  200,
);
const knob = (variation: string, policies?: string[]) =>
  sampleTables(
    [1, 2, 4, 8].map((level) => ({ variation, level })),
    200,
    policies,
  ).cells;
const rated = [
  { slo_ms: 40_000 },
  { objective: "latency" as const, slo_ms: null, budget_usd: 0.01 },
]
  .flatMap((objective) =>
    [1, 2, 4].map((level) => ({ ...objective, variation: "arrival-rate", level })),
  )
  .flatMap((identity) => sampleTables([identity], 200).cells);
const arrivals = {
  variation: "arrival-rate",
  axis: "arrival rate (runs/s)",
  scale: "log",
} as const;
const head = headlineRows(slos.cells);

const predicted = sampleTables(
  ["always warm", "half cold", "always warm, convolution"].map((variation) => ({ variation })),
  200,
).cells;
const decisions = ["exhaustive", ...Object.keys(HABITS)].flatMap((policy, p) =>
  (["cost", "latency"] as const).map(
    (objective, i): DecisionRow => ({
      task: "random-1-of-2-stages",
      workload: "random-1",
      stages: 2 + i,
      policy,
      objective,
      quantile: 0.95,
      slo_ms: null,
      budget_usd: null,
      feasible: true,
      stop: policy === "exhaustive" ? "space-exhausted" : "no-better-plan",
      plans_seen: 10,
      predicted_latency_ms: 100,
      predicted_cost_usd_mean: 1e-5,
      gap: p === 2 ? null : 0.1 * p,
    }),
  ),
);

const ALL = Object.keys(HABITS);
const CHARTS = [
  ["latency-bars", () => latencyBars(slos.cells), ALL, ["P95 latency (s)", "SLO", "15 s"]],
  ["latency-bars of budgets", () => latencyBars(budgets.cells), ALL, ["ml-pipeline, least P95"]],
  ["cost-bars", () => costBars(budgets.cells), ALL, ["mean cost (USD per 1,000 runs)", "budget"]],
  ["latency-cdf", () => latencyCdf(head, slos.runs), ALL, ["latency (s)", "runs finished (%)"]],
  [
    "cost-latency",
    () => costLatency(slos.cells),
    ALL,
    ["P95 latency (s)", "1,000 runs)", "Hollow"],
  ],
  ["time-breakdown", () => timeBreakdown(head), ALL, ["mean latency (s)", "straggler wait"]],
  [
    "bundle-curve",
    () => bundleCurve(knob("bundle", ["wisefuse"])),
    ["wisefuse"],
    ["latency (s)", "(USD per 1,000 runs)", "bundle size (workers per VM)", "P50", "P95"],
  ],
  [
    "level-curve",
    () => levelCurve(knob("arrival-rate"), arrivals),
    ALL,
    ["P95 latency (s)", "arrival rate (runs/s)"],
  ],
  [
    "relative-curve",
    () => relativeCurve(rated, arrivals),
    ALL,
    ["P95 within budget", "cost within SLO", "(unfused = 1)", "arrival rate (runs/s)"],
  ],
  ["cold-curve", () => coldCurve(rated, arrivals), ALL, ["cold VM uses (%)", "arrival rate"]],
  ["relative costs", () => relativeCostBars(slos.cells), ALL, ["mean cost (unfused = 1)"]],
  ["costs over WiseFuse's", () => wisefuseCostBars(slos.cells), ALL, ["mean cost (WiseFuse = 1)"]],
  [
    "latencies over WiseFuse's",
    () => wisefuseLatencyBars(budgets.cells),
    ALL,
    ["P95 latency (WiseFuse = 1)"],
  ],
  ["relative latencies", () => relativeLatencyBars(slos.cells), ALL, ["P95 latency (unfused = 1)"]],
  ["slo-cost", () => sloCost(slos.cells), ALL, ["SLO (s)", "(USD per 1,000 runs)", "absent"]],
  ["slo-attainment", () => sloAttainment(slos.cells), ALL, ["runs within SLO (%)", "95 %"]],
  [
    "prediction-error",
    () => predictionError(predicted),
    ALL,
    ["error (%)", "half cold", "video-analytics, convolution model"],
  ],
  ["gap-cdf", () => gapCdf(decisions), ALL, ["gap to the optimum (%)", "problems (%)"]],
  [
    "planning-time",
    () =>
      planningTime(
        decisions.filter((row) => row.policy !== "exhaustive"),
        new Map([["random-1-of-2-stages", 700]]),
      ),
    ALL,
    ["planning time (s)", "stages of the workflow", "0.5 s", "60 s"],
  ],
] as const;

describe.each(CHARTS)("%s", (_, draw, policies, texts) => {
  it("names every policy and the unit of every axis, and vega has nothing to object", async () => {
    const { svg, warnings } = await renderWithWarnings(draw());
    expect(warnings).toEqual([]);
    for (const policy of policies) expect(svg).toContain(`>${policyStyle(policy).label}</text>`);
    for (const text of texts) expect(svg).toContain(text);
    expect(svg).not.toContain("…</text>");
    expect(svg).not.toMatch(/NaN|undefined|null/);
  });

  it("is redrawn from its specification alone, to the same bytes, even beside others", async () => {
    const spec = draw();
    const stored = JSON.parse(JSON.stringify(spec)) as typeof spec;
    const [first, again, fromStored] = await Promise.all(
      [spec, draw(), stored].map((one) => renderSvg(one)),
    );
    expect(again).toBe(first);
    expect(fromStored).toBe(first);
  });
});

describe("charts", () => {
  it("say their question under their title, above what their marks mean", async () => {
    const { svg, warnings } = await renderWithWarnings(captioned(sloCost(slos.cells), "How dear?"));
    expect(warnings).toEqual([]);
    const places = ["Cost of an SLO<", "How dear?<", "A policy is absent where"].map((text) =>
      svg.lastIndexOf(text),
    );
    expect(places[0]).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    const bare = captioned(latencyBars(slos.cells), "Which?");
    expect(JSON.stringify(bare)).toContain('"subtitle":["Which?"');
  });

  it("stay small however many runs there are: 300 points a line", () => {
    const many = sampleTables([{}], 5000, ["wisefuse"]);
    const spec = JSON.stringify(latencyCdf(many.cells, many.runs));
    expect(spec.match(/"share":/g)!.length).toBeLessThanOrEqual(300);
  });

  it("draw cells without latency as gaps, and intervals without an end to the value", async () => {
    const rows = slos.cells.map((row, i) => ({
      ...row,
      latency_ms_p95: i === 0 ? null : row.latency_ms_p95,
      latency_ms_p95_hi: null,
    }));
    for (const spec of [latencyBars(rows), costLatency(rows)]) {
      const { svg, warnings } = await renderWithWarnings(spec);
      expect(warnings).toEqual([]);
      expect(svg).not.toContain("NaN");
    }
  });

  it("keep one legend when panels have different policies", async () => {
    const rows = [...budgets.cells.slice(0, 3), ...budgets.cells.slice(8)];
    const some = knob("arrival-rate").filter((row) => row.policy !== "sonic");
    const other = some.filter((row) => row.policy !== "photons");
    const two = [...some, ...other.map((row) => ({ ...row, workload: "ml-pipeline" }))];
    for (const spec of [
      latencyBars(rows),
      costLatency(rows),
      timeBreakdown(rows),
      latencyCdf(rows, budgets.runs),
      levelCurve(two, arrivals),
    ])
      expect((await renderWithWarnings(spec)).warnings).toEqual([]);
  });

  it("say so when there is nothing to draw", async () => {
    for (const spec of [latencyBars([]), costLatency([]), bundleCurve(slos.cells)]) {
      const { svg, warnings } = await renderWithWarnings(spec);
      expect(warnings).toEqual([]);
      expect(svg).toContain("no rows to draw");
    }
  });

  it("pool seeds instead of drawing them over each other", () => {
    const seeds = sampleTables([{ seed: "1" }, { seed: "2" }], 100);
    const values = (spec: unknown) => JSON.stringify(spec).match(/"label":/g)!.length;
    expect(values(latencyBars(seeds.cells))).toBe(values(latencyBars(seeds.cells.slice(0, 6))));
    expect(JSON.stringify(latencyCdf(seeds.cells, seeds.runs))).toContain("WiseFuse");
  });

  it("become PNG at one and a half times their size, to the same bytes", async () => {
    const svg = await renderSvg(latencyBars(slos.cells));
    const png = await renderPng(svg, FONTS);
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    const width = Buffer.from(png).readUInt32BE(16);
    expect(Math.abs(width - 1.5 * Number(/width="(\d+)"/.exec(svg)![1]))).toBeLessThanOrEqual(1);
    expect(Buffer.from(await renderPng(svg, FONTS)).equals(Buffer.from(png))).toBe(true);
  });
});
