import { describe, expect, test } from "vitest";
import type { ExecutionPlan } from "../../src/plan/plan.ts";
import { parsePlan, planText } from "../../src/trace/plan-file.ts";
import { refusalOf } from "./refusal.ts";

const PLAN: ExecutionPlan = {
  schema: "wisefuse/plan@1",
  workflow: "video",
  groups: [
    {
      stages: ["split", "extract"],
      workersPerVm: "all",
      memoryMb: 1769,
      concurrency: 4,
      isolation: "processes",
      assignment: "balanced",
      prewarmMs: null,
    },
    {
      stages: ["classify"],
      workersPerVm: 3,
      memoryMb: 3538,
      concurrency: "all",
      isolation: "threads",
      assignment: "consecutive",
      prewarmMs: 250,
    },
  ],
  passing: { "split->extract": "local", "extract->classify": "direct" },
};

const messageOf = (text: string): string => refusalOf(() => parsePlan(text, "p.json")).message;

describe("a plan as text", () => {
  test("reads back as the same plan", () => {
    expect(parsePlan(planText(PLAN))).toEqual(PLAN);
  });

  test("does not depend on the order in which keys were set, and ends in a newline", () => {
    const [first, second] = Object.entries(PLAN.passing);
    const { schema, workflow, ...rest } = PLAN;
    const shuffled = { ...rest, passing: Object.fromEntries([second!, first!]), workflow, schema };
    expect(planText(shuffled)).toBe(planText(PLAN));
    expect(planText(PLAN)).toMatch(/^\{\n {2}"schema": "wisefuse\/plan@1",\n[^]*\}\n$/);
  });

  test.each([
    [
      '"memoryMb": 1769',
      '"memoryMb": 0',
      "p.json:11:19: groups.0.memoryMb: must be more than 0, got 0",
    ],
    [
      '"concurrency": 4',
      '"concurrency": "al"',
      'groups.0.concurrency: expected a whole number or "all", got "al"',
    ],
    ['"concurrency": 4', '"concurrency": 0', "groups.0.concurrency: must be at least 1, got 0"],
    [
      '"concurrency": 4',
      '"concurency": 4',
      'groups.0.concurency: unknown key "concurency"; did you mean "concurrency"?',
    ],
    [
      '"balanced"',
      '"balance"',
      'expected one of "consecutive", "balanced", got "balance"; did you mean "balanced"?',
    ],
    [
      '"prewarmMs": null',
      '"prewarmMs": "soon"',
      'groups.0.prewarmMs: expected a number of ms or null, got "soon"',
    ],
    [
      '"split->extract"',
      '"split"',
      'passing.split: expected an edge such as "split->extract", got "split"',
    ],
    [
      '"direct"',
      '"dirct"',
      'passing.extract->classify: expected one of "local", "inline", "direct", "object-store", got "dirct"; did you mean "direct"?',
    ],
    [
      '"wisefuse/plan@1"',
      '"wisefuse/plan@9"',
      'schema: expected "wisefuse/plan@1", got "wisefuse/plan@9"',
    ],
  ])("%s written as %s is refused", (before, after, message) => {
    const text = planText(PLAN);
    expect(text).toContain(before);
    expect(messageOf(text.replace(before, after))).toContain(message);
  });

  test("that is no JSON, or not a plan at all, is refused in one line", () => {
    expect(messageOf('{"schema": ')).toMatch(/^p\.json:1:\d+: not valid YAML or JSON: /);
    expect(messageOf("[]")).toBe("p.json:1:1: expected a mapping, got a list of 0");
  });
});
