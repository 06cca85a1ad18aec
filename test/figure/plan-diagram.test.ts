import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { renderPng } from "../../src/figure/figure.ts";
import { diagramSheet, planDiagram } from "../../src/figure/plan-diagram.ts";
import { sizeText } from "../../src/figure/plan-graph.ts";
import { type ExecutionPlan, unfusedPlan } from "../../src/plan/plan.ts";
import { scenarioOf } from "../../src/harness/run-cell.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";
import { edgeId, type Edge, makeWorkflow, type Workflow } from "../../src/workflow/workflow.ts";

const require = createRequire(import.meta.url);
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);
const EVIL = "</script><img src=x onerror=alert(1)>";

const given = scenarioOf(randomWorkload("7", { ...SMALL, stages: 4 }), "aws-lambda-2024");
/** The scenario with another workflow, whose stages all behave as the first one did. */
const scenarioWith = (workflow: Workflow) => ({
  ...given,
  workflow,
  profile: Object.fromEntries(
    workflow.stages.map(({ id }) => [id, given.profile[given.workflow.stages[0]!.id]!]),
  ),
});
const edge = (from: string, to: string, bytes: number): Edge => ({
  from,
  to,
  bytes,
  shape: "scatter",
  scalesWithRun: false,
  parallelRequests: 1,
});
const diamond = scenarioWith(
  makeWorkflow(
    "diamond",
    [
      { id: "start", workers: 1 },
      { id: "left", workers: 8 },
      { id: EVIL, workers: 8 },
      { id: "end", workers: 1 },
    ],
    [
      edge("input", "start", 2e9),
      edge("start", "left", 40e6),
      { ...edge("left", EVIL, 3.25e6), shape: "pairwise" },
      edge(EVIL, "end", 1500),
      edge("start", "end", 10e6),
    ],
  ),
);
const apart = unfusedPlan(diamond.workflow, () => 1769);
const fused: ExecutionPlan = {
  ...apart,
  groups: [
    apart.groups[0]!,
    { ...apart.groups[1]!, stages: ["left", EVIL], workersPerVm: 2, isolation: "processes" },
    apart.groups[3]!,
  ],
  passing: {
    ...apart.passing,
    [edgeId({ from: "left", to: EVIL })]: "local",
    "start->left": "direct",
  },
};
const critical = ["start", "left", EVIL, "end"];
const drawn = (plan: ExecutionPlan) => planDiagram(diamond, plan, { title: "a plan", critical });

describe("a plan diagram", () => {
  test("has a box per group with its VMs, and the way and size of each flow", async () => {
    const { svg } = await drawn(fused);
    expect(svg.match(/#e8f1fa/g)).toHaveLength(3);
    for (const text of [
      "4 VMs, 2 workers each as processes",
      "1769 MB (1.00 vCPU)",
      "left \u00d7 8",
      "VM to VM",
      "in memory",
      "40 MB",
      "3.3 MB",
      "1.5 kB",
      "2 GB",
      "a plan",
    ])
      expect(svg).toContain(`>${text}</text>`);
  });

  test("has the critical path in red: its stages, and the edges between them", async () => {
    const { svg } = await drawn(fused);
    const red = svg.match(/<path [^>]*stroke="#b00020"/g) ?? [];
    expect(red).toHaveLength(4 + 3);
    const { svg: none } = await planDiagram(diamond, fused, { title: "a plan", critical: [] });
    expect(none).not.toContain("#b00020");
  });

  test("writes names as they are, whatever they are", async () => {
    const { svg } = await drawn(fused);
    expect(svg).not.toContain("<img");
    expect(svg).not.toContain("</script");
    expect(svg).toContain("&lt;/script&gt;&lt;img src=x onerr\u2026 \u00d7 8</text>");
    const entity = makeWorkflow("x", [{ id: "a&lt;b\\N", workers: 1 }], []);
    const scenario = scenarioWith(entity);
    const plan = unfusedPlan(entity, () => 1769);
    const { svg: literal } = await planDiagram(scenario, plan, { title: '"<b>', critical: [] });
    expect(literal).toContain(">a&amp;lt;b\\N</text>");
    expect(literal).toContain('aria-label="&quot;&lt;b&gt;"');
  });

  test("is the same bytes twice, alone and on a sheet, as SVG and PNG", async () => {
    const [one, again] = await Promise.all([drawn(fused), drawn(fused)]);
    expect(again).toEqual(one);
    const other = await drawn(apart);
    const sheet = diagramSheet([one, other]);
    expect(diagramSheet([again, other])).toBe(sheet);
    expect(sheet.match(/<svg /g)).toHaveLength(3);
    const png = await renderPng(sheet, FONTS);
    expect(Buffer.from(await renderPng(sheet, FONTS)).equals(Buffer.from(png))).toBe(true);
    expect(Buffer.from(png).readUInt32BE(16)).toBeGreaterThan(1.5 * one.width);
    expect(sheet).not.toMatch(/NaN|undefined|null/);
  });
});

describe("workflows too large to draw stage by stage", () => {
  test("are drawn by level", async () => {
    const leaves = Array.from({ length: 118 }, (_, i) => ({ id: `leaf${i}`, workers: 2 }));
    const ends = [
      { id: "first", workers: 1 },
      { id: "last", workers: 1 },
    ];
    const edges = leaves.flatMap(({ id }) => [edge("first", id, 1e6), edge(id, "last", 2e6)]);
    const wide = scenarioWith(makeWorkflow("wide", [...ends, ...leaves], edges));
    const plan = unfusedPlan(wide.workflow, (id) => (id.endsWith("1") ? 512 : 1024));
    const { svg } = await planDiagram(wide, plan, { title: "wide", critical: [] });
    for (const text of [
      "level 2",
      "118 stages, 236 workers",
      "118 groups of 512 to 1024 MB",
      "store 118 MB",
      "store 236 MB",
    ])
      expect(svg).toContain(`>${text}</text>`);
  });

  test("are refused in a sentence when the levels are too many as well", async () => {
    const stages = Array.from({ length: 90 }, (_, i) => ({ id: `s${i}`, workers: 1 }));
    const edges = stages.slice(1).map(({ id }, i) => edge(`s${i}`, id, 1e6));
    const long = scenarioWith(makeWorkflow("long", stages, edges));
    const plan = unfusedPlan(long.workflow, () => 1769);
    const { svg } = await planDiagram(long, plan, { title: "long", critical: [] });
    expect(svg).toContain("90 levels of stages are too many to draw");
  });
});

test("sizes have two digits and a unit", () => {
  expect([0, 1500, 71_700_000, 3.25e6, 2e9].map(sizeText)).toEqual([
    "0",
    "1.5 kB",
    "72 MB",
    "3.3 MB",
    "2 GB",
  ]);
});
