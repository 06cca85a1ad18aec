import { expect, test } from "vitest";
import { gapStudy } from "../../src/harness/gap-study.ts";
import { planningStudy } from "../../src/harness/planning-study.ts";
import { randomWorkload, SMALL } from "../../src/trace/random-workload.ts";

test("gaps are to the proven optimum under three objectives, the same each time", () => {
  const study = gapStudy("gaps", [{ seed: 4, stages: 2 }], ["unfused", "wisefuse"]);
  const [task] = study.tasks;
  const rows = study.rows(task!, () => expect.fail("no shipped workload is needed"));
  expect(rows.map((row) => row.policy)).toEqual(
    Array(3).fill(["exhaustive", "unfused", "wisefuse"]).flat(),
  );
  const optima = rows.filter((row) => row.policy === "exhaustive");
  expect(optima.map((row) => row.stop)).toEqual(Array(3).fill("space-exhausted"));
  expect(optima.map((row) => row.gap)).toEqual([0, 0, 0]);
  expect(optima.map((row) => row.objective)).toEqual(["cost", "cost", "latency"]);
  // These two choose within the space that was looked through.
  for (const { gap } of rows) expect(gap ?? 0).toBeGreaterThan(-1e-6);
  expect(rows.some(({ gap }) => gap !== null && gap > 0.01)).toBe(true);
  expect(study.rows(task!, () => expect.fail("no"))).toEqual(rows);
});

test("a planning task is one decision on one workload, random or shipped", () => {
  const study = planningStudy("planning", {
    policies: ["unfused"],
    platform: "aws-lambda-2024",
    drawn: () => [{ seed: 1, stages: 4 }],
    shipped: ["mine"],
  });
  expect(study.tasks).toEqual(["unfused on random-1-of-4-stages", "unfused on mine"]);
  const load = (name: string) => ({ ...randomWorkload("1", { stages: 2, ...SMALL }), name });
  const rows = study.tasks.flatMap((task) => study.rows(task, load));
  expect(rows.map(({ workload, stages }) => [workload, stages])).toEqual([
    ["random-1", 4],
    ["mine", 2],
  ]);
  expect(rows.every((row) => row.feasible && row.gap === null)).toBe(true);
});
