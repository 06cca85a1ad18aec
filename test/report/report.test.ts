import { describe, expect, test } from "vitest";
import { latencyBars } from "../../src/figure/latency-bars.ts";
import { answerOf, headlineOf } from "../../src/report/answer.ts";
import { reportHtml, type ReportInput } from "../../src/report/report.ts";
import { cellTable, decisionTable } from "../../src/report/report-table.ts";
import type { CellRow } from "../../src/result/cell-table.ts";
import {
  type CellTimelines,
  parseTimelines,
  timelinesText,
} from "../../src/result/timelines-file.ts";
import { sampleTables } from "../result/sample.ts";

const EVIL = `</script><!--<img src=x onerror="alert('1')">&amp;`;
const { cells } = sampleTables([{ slo_ms: 15_000 }, { slo_ms: 20_000 }, { slo_ms: 30_000 }], 400);

const input = (text: string): ReportInput => ({
  name: text,
  question: text,
  answer: text,
  policies: ["unfused", text],
  tables: [
    cellTable(
      text,
      cells.map((row) => ({ ...row, workload: text, policy: text })),
    ),
    cellTable("again", cells),
  ],
  charts: [{ caption: text, spec: { ...latencyBars(cells), description: text } }],
  comparisons: [
    {
      title: text,
      diagrams: [{ policy: text, svg: "<svg></svg>", width: 1, height: 1 }],
      timelines: [{ policy: text, spec: { ...latencyBars(cells), description: text } }],
    },
  ],
  assumptions: [{ of: text, path: text, text }],
  rerun: [
    ["run", text],
    [text, text],
  ],
  libraries: [{ name: text, source: `const end = "</script>"; const open = "<!--";` }],
});

describe("a report", () => {
  test("is markup of its own only, whatever the names in it", () => {
    const html = reportHtml(input(EVIL));
    const tags = (page: string) => page.match(/<\/?[a-z!][a-z0-9-]*/gi);
    expect(tags(html)).toEqual(tags(reportHtml(input("plain"))));
    expect(html).not.toContain("<img");
    expect(html.match(/<\/script>/g)).toHaveLength(2 + 1 + 1);
    const [, specs = ""] = /id="charts">(.*)<\/script>/.exec(html)!;
    const [first] = JSON.parse(specs) as { description: string }[];
    expect(first!.description).toBe(EVIL);
  });

  test("loads nothing: no address outside its own text, and a policy that forbids any", () => {
    const html = reportHtml(input("plain"));
    expect(html).not.toMatch(/(src|href)=/);
    expect(html).toContain("default-src 'none'");
    expect(reportHtml(input("plain"))).toBe(html);
  });

  test("leaves out what there is nothing of", () => {
    const none = {
      policies: [],
      tables: [],
      charts: [],
      comparisons: [],
      assumptions: [],
      rerun: [],
    };
    const html = reportHtml({ ...input("bare"), ...none });
    expect(html).not.toMatch(/<(h2|fieldset|table|figure)/);
  });
});

describe("the answer", () => {
  const row = (given: Partial<CellRow>): CellRow => ({ ...cells[0]!, ...given });
  const under = {
    objective: "cost",
    slo_ms: 20_000,
    latency_ms_p95: 19_000,
    feasible: true,
  } as const;
  const three = [
    row({ ...under, policy: "unfused", cost_usd_mean: 0.02, slo_attainment: 0.97 }),
    row({ ...under, policy: "wisefuse", cost_usd_mean: 0.015, slo_attainment: 0.951 }),
    row({ ...under, policy: "photons", cost_usd_mean: 0.01, slo_attainment: 0.2, feasible: false }),
  ];

  test("names the cheapest policy that keeps the SLO, and by how much", () => {
    expect(answerOf(three)).toBe(
      "For least cost, P95 ≤ 20 s, WiseFuse costs 15.0 USD per 1,000 runs, 25 % less than unfused, within the SLO in 95.1 % of runs.",
    );
  });

  test("says so when no policy keeps it", () => {
    expect(answerOf([three[2]!])).toBe(
      "No policy has a plan that is expected to reach least cost, P95 ≤ 20 s.",
    );
    expect(answerOf([])).toBe("The table has no rows to answer from.");
  });

  test("names the fastest policy within a budget, workload by workload", () => {
    const within = {
      objective: "latency",
      slo_ms: null,
      budget_usd: 0.01,
      slo_attainment: null,
      feasible: true,
    } as const;
    const rows = ["a", "b"].flatMap((workload) => [
      row({ ...within, workload, policy: "unfused", latency_ms_p95: 20_000 }),
      row({ ...within, workload, policy: "wisefuse", latency_ms_p95: 15_000 }),
    ]);
    expect(answerOf(rows)).toBe(
      "a: WiseFuse has a P95 of 15.0 s, 25 % less than unfused; b: WiseFuse has a P95 of 15.0 s, 25 % less than unfused.",
    );
  });

  test("of levels says where P95 ends, and where it is lowest", () => {
    const rows = [1, 2, 4].map((level, i) =>
      row({ policy: "fixed", variation: "bundle", level, latency_ms_p95: [9000, 5000, 8000][i]! }),
    );
    expect(answerOf(rows)).toBe(
      "With bundle, P95 of given plans goes from 9.00 s at 1 to 8.00 s at 4, lowest with 5.00 s at 2.",
    );
  });

  test("is about the middle SLO", () => {
    expect(new Set(headlineOf(cells).map((one) => one.slo_ms))).toEqual(new Set([20_000]));
  });
});

describe("tables of a report", () => {
  test("say once what all rows share, and keep numbers to sort by", () => {
    const table = cellTable("Cells", cells);
    expect(table.caption).toMatch(/^Cells\. All rows: workload video-analytics; .*seed/);
    const names = table.columns.map((column) => column.name);
    expect(names).not.toContain("workload");
    expect(names).toContain("objective");
    const p95 = names.indexOf("P95 (s)");
    expect(table.rows.map((one) => one.entries[p95]!.value)).toEqual(
      cells.map((one) => one.latency_ms_p95),
    );
  });

  test("of decisions show gaps, and nothing where none is proven", () => {
    const decision = {
      task: "t",
      workload: "random-1",
      stages: 3,
      policy: "wisefuse",
      objective: "cost",
      quantile: 0.95,
      slo_ms: null,
      budget_usd: null,
      feasible: true,
      stop: "no-better-plan",
      plans_seen: 10,
      predicted_latency_ms: 100,
      predicted_cost_usd_mean: 1e-5,
    } as const;
    const table = decisionTable("Study", [
      { ...decision, gap: 0.05 },
      { ...decision, gap: null },
    ]);
    expect(table.rows.map((one) => one.entries.at(-1))).toEqual([
      { text: "5.00", value: 0.05 },
      { text: "\u2013", value: null },
    ]);
  });
});

describe("stored timelines", () => {
  const cell: CellTimelines = {
    cell: "a.b",
    critical: ["one", "two"],
    runs: [
      {
        name: "P50",
        run: 7,
        latencyMs: 30.2,
        lanes: [
          {
            group: 1,
            stages: "one + two",
            place: 3,
            slot: 2,
            bars: [
              { part: "cold", startMs: 0.1, endMs: 10, stage: null, worker: null },
              { part: "compute", startMs: 10, endMs: 30.2, stage: "two", worker: 5 },
            ],
          },
        ],
      },
    ],
  };

  test("are read as they were written", () => {
    expect(parseTimelines(timelinesText([cell]), "t.json")).toEqual([cell]);
  });

  test("of another schema are refused", () => {
    expect(() => parseTimelines('{"schema":"x@2"}', "t.json")).toThrow(
      "t.json: schema: expected wisefuse/timelines@1, got x@2",
    );
  });
});
