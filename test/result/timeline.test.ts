import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { simulate } from "../../src/execution/simulate.ts";
import type { StageSpan } from "../../src/execution/spans.ts";
import { renderSvg, renderWithWarnings } from "../../src/figure/figure.ts";
import { timelineChart } from "../../src/figure/timeline.ts";
import { shownRuns } from "../../src/harness/shown-runs.ts";
import { scenarioOf } from "../../src/harness/run-cell.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { criticalStages, timelineOf } from "../../src/result/timeline.ts";
import { timelineTrace } from "../../src/result/timeline-trace.ts";
import { edgeId, innerEdges } from "../../src/workflow/workflow.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";

const workload = parseWorkload(readFileSync("traces/video-analytics.yaml", "utf8"));
const scenario = scenarioOf(workload, "aws-lambda-2024");
const { workflow } = workload;
const apart = unfusedPlan(workflow, () => 1769);
/** Two workers share a VM, so that one may wait for the other. */
const bundled: ExecutionPlan = {
  ...apart,
  groups: apart.groups.map((group) =>
    group.stages[0] === "split"
      ? group
      : { ...group, workersPerVm: 2, memoryMb: 3538, isolation: "processes" },
  ),
};
/** One home for all with VMs that overflow, held from step to step. */
const home: ExecutionPlan = {
  ...apart,
  groups: [
    {
      ...apart.groups[0]!,
      stages: workflow.stages.map((stage) => stage.id),
      workersPerVm: 4,
      memoryMb: 4096,
      isolation: "processes",
    },
  ],
  passing: Object.fromEntries(innerEdges(workflow).map((edge) => [edgeId(edge), "local"])),
};
/** Readers pull from the producers' VMs. */
const direct: ExecutionPlan = {
  ...bundled,
  passing: Object.fromEntries(innerEdges(workflow).map((edge) => [edgeId(edge), "direct"])),
};

const options = { runs: 60, warmupRuns: 3, seed: "timeline" };
const PLANS = [
  ["every worker apart", apart],
  ["two workers a VM", bundled],
  ["a home", home],
  ["pulls from VMs", direct],
] as const;

// What Perfetto asks of an event.
const event = z.discriminatedUnion("ph", [
  z.strictObject({
    ph: z.literal("X"),
    name: z.string().min(1),
    cat: z.string().min(1),
    pid: z.int().min(1),
    tid: z.int().min(0),
    ts: z.int().min(0),
    dur: z.int().min(0),
    args: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.strictObject({
    ph: z.literal("M"),
    name: z.enum(["process_name", "process_sort_index", "thread_name"]),
    pid: z.int().min(1),
    tid: z.int().min(0),
    args: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
]);
const document = z.strictObject({
  displayTimeUnit: z.literal("ms"),
  traceEvents: z.array(event),
});

describe.each(PLANS)("runs of %s", (_, plan) => {
  const log = simulate(scenario, plan, options);
  const shown = shownRuns(scenario, plan, options, log);
  const timelines = shown.map((run) => ({
    ...run,
    title: run.name,
    lanes: timelineOf(run.spans, plan, run.arriveMs),
  }));

  test("are the typical and the slow one, with every worker of each", () => {
    expect(shown.map((run) => run.name)).toEqual(["P50", "P95"]);
    const sorted = [...log.columns.latencyMs].sort((a, b) => a - b);
    expect(shown.map((run) => run.latencyMs)).toEqual([sorted[29], sorted[56]]);
    for (const { spans, run } of shown) {
      expect(new Set(spans.map((span) => span.run))).toEqual(new Set([run]));
      expect(spans).toHaveLength(61);
      const columns = log.columns;
      const endMs = Math.max(...spans.map((span) => span.endMs));
      expect(endMs).toBe(columns.arriveMs[run]! + columns.latencyMs[run]!);
    }
  });

  test("are spans whose parts add up", () => {
    for (const { spans } of shown)
      for (const span of spans) {
        const parts = span.startedMs + span.fetchMs + span.computeMs + span.storeMs;
        expect(parts).toBeCloseTo(span.endMs - span.startMs, 6);
        expect(span.startMs).toBeGreaterThanOrEqual(span.readyMs);
      }
  });

  test("are lanes of bars that never overlap and end with the run", () => {
    for (const { lanes, latencyMs } of timelines) {
      const ends = lanes.flatMap(({ bars }) => {
        bars.forEach((bar, i) => {
          expect(bar.endMs).toBeGreaterThan(bar.startMs);
          if (i > 0) expect(bar.startMs).toBeGreaterThanOrEqual(bars[i - 1]!.endMs - 1e-6);
        });
        expect(bars[0]!.startMs).toBeGreaterThanOrEqual(0);
        return bars.map((bar) => bar.endMs);
      });
      expect(Math.max(...ends)).toBeCloseTo(latencyMs, 6);
    }
  });

  test("are a Chrome trace: its fields, and events of a thread that nest", () => {
    const text = timelineTrace(timelines);
    const { traceEvents } = document.parse(JSON.parse(text));
    const named = new Set(
      traceEvents.flatMap((one) => (one.name === "thread_name" ? [`${one.pid}/${one.tid}`] : [])),
    );
    const threads = new Map<string, { ts: number; end: number }[]>();
    for (const one of traceEvents) {
      if (one.ph !== "X") continue;
      const thread = `${one.pid}/${one.tid}`;
      expect(named).toContain(thread);
      threads.set(thread, [...(threads.get(thread) ?? []), { ts: one.ts, end: one.ts + one.dur }]);
    }
    expect(threads.size).toBeGreaterThan(10);
    for (const events of threads.values()) {
      const open: { ts: number; end: number }[] = [];
      for (const one of events.toSorted((a, b) => a.ts - b.ts || b.end - a.end)) {
        while (open.length > 0 && open.at(-1)!.end <= one.ts) open.pop();
        if (open.length > 0) expect(one.end).toBeLessThanOrEqual(open.at(-1)!.end);
        open.push(one);
      }
    }
    const workers = traceEvents.filter((one) => one.ph === "X" && one.cat === "worker");
    expect(workers).toHaveLength(2 * 61);
    expect(timelineTrace(timelines)).toBe(text);
  });

  test("are a chart that vega has nothing to object to, the same bytes twice", async () => {
    const spec = timelineChart("runs", timelines, 30_000);
    const { svg, warnings } = await renderWithWarnings(spec);
    expect(warnings).toEqual([]);
    for (const text of ["P50", "P95", "time after arrival (s)", "straggler wait", "SLO"])
      expect(svg).toContain(text);
    expect(await renderSvg(JSON.parse(JSON.stringify(spec)) as typeof spec)).toBe(svg);
  });
});

test("cold starts of a run are bars before its workers, as long as the spans say", () => {
  const { spans, arriveMs } = shownRuns(
    scenario,
    apart,
    { runs: 1, warmupRuns: 0, seed: "cold" },
    simulate(scenario, apart, { runs: 1, warmupRuns: 0, seed: "cold" }),
  )[0]!;
  const bars = timelineOf(spans, apart, arriveMs).flatMap((lane) => lane.bars);
  const coldMs = bars
    .filter((bar) => bar.part === "cold")
    .reduce((sum, bar) => sum + bar.endMs - bar.startMs, 0);
  expect(spans.every((span) => span.cold)).toBe(true);
  expect(coldMs).toBeCloseTo(
    spans.reduce((sum, span) => sum + span.coldMs, 0),
    6,
  );
});

test("the critical path goes back from the last stage to end through the last of its inputs", () => {
  const span = (stage: string, endMs: number): StageSpan => ({
    run: 0,
    stage,
    worker: 0,
    group: 0,
    place: 0,
    step: 0,
    readyMs: 0,
    startMs: 0,
    endMs,
    memoryMb: 1,
    cold: false,
    coldMs: 0,
    handlerMs: 0,
    startedMs: 0,
    computeMs: endMs,
    fetchMs: 0,
    storeMs: 0,
    bytesIn: 0,
    bytesOut: 0,
  });
  const spans = [span("a", 1), span("b", 5), span("c", 3), span("c", 6), span("d", 9)];
  const edges = [
    { from: "a", to: "b" },
    { from: "a", to: "c" },
    { from: "b", to: "d" },
    { from: "c", to: "d" },
  ];
  expect(criticalStages(spans, edges)).toEqual(["a", "c", "d"]);
});

test("a long list of lanes is cut to what fits, the last to end among it", () => {
  const lanes = Array.from({ length: 500 }, (_, place) => ({
    group: 0,
    stages: "wide",
    place,
    slot: 0,
    bars: [
      {
        part: "compute" as const,
        startMs: 0,
        endMs: place === 300 ? 90 : 50,
        stage: "wide",
        worker: place,
      },
    ],
  }));
  const spec = JSON.stringify(timelineChart("x", [{ title: "P50", lanes, latencyMs: 90 }], null));
  expect(spec).toContain("Of up to 500 rows, 64 are drawn.");
  expect(spec).toContain("wide 300");
  expect(spec.match(/"work":/g)).toHaveLength(64);
});
