import { describe, expect, test } from "vitest";
import { checkPlan, memoryNeededMb, smallestFitMb } from "../../src/plan/check-plan.ts";
import { explainPlan } from "../../src/plan/explain.ts";
import type { ExecutionPlan, VmGroup } from "../../src/plan/plan.ts";
import { bundle, fuse, resize } from "../../src/plan/rewrites.ts";
import { awsLambda2024 } from "../../src/platform/aws-lambda.ts";
import {
  apart,
  diamond,
  edge,
  fanOut,
  planOf,
  scenarioOf,
  together,
  toyOf,
} from "../toy-graphs.ts";

const toy = diamond({ first: 10, left: 20, right: 30, last: 40 }, 1000);
const scenario = scenarioOf(toy, awsLambda2024);
const legal = apart(toy, 1024);

const messagesOf = (plan: ExecutionPlan, of = scenario) =>
  checkPlan(of, plan).map((fault) => `${fault.where}: ${fault.message}`);

/** The legal plan with its first group changed. */
const changed = (change: Partial<VmGroup>): ExecutionPlan => ({
  ...legal,
  groups: legal.groups.map((group, g) => (g === 0 ? { ...group, ...change } : group)),
});

const passed = (id: string, passing: string): ExecutionPlan => ({
  ...legal,
  passing: { ...legal.passing, [id]: passing } as ExecutionPlan["passing"],
});

const withoutKey = (id: string): ExecutionPlan => ({
  ...legal,
  passing: Object.fromEntries(Object.entries(legal.passing).filter(([key]) => key !== id)),
});

describe("a legal plan", () => {
  test("has no fault", () => {
    expect(messagesOf(legal)).toEqual([]);
    expect(messagesOf(together(toy))).toEqual([]);
  });

  test("survives JSON", () => {
    for (const plan of [legal, together(toy, { prewarmMs: 50, workersPerVm: 2 })])
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe("each rule, broken alone, gives its one message", () => {
  const groups = legal.groups;
  const broken: readonly (readonly [string, ExecutionPlan, string])[] = [
    [
      "a missing stage",
      { ...legal, groups: groups.slice(1) },
      'groups: stage "first" is in no group',
    ],
    [
      "a stage in two groups",
      { ...legal, groups: [...groups, groups[3]!] },
      'groups.4.stages.0: stage "last" is in two groups',
    ],
    [
      "an empty group",
      { ...legal, groups: [...groups, { ...groups[0]!, stages: [] }] },
      "groups.4.stages: expected at least one stage",
    ],
    ["a missing passing", withoutKey("left->last"), "passing.left->last: edge has no passing"],
    [
      "stages out of order",
      planOf(toy, [{ stages: ["left", "first"] }, { stages: ["right"] }, { stages: ["last"] }]),
      "groups.0.stages: stages are not in topological order",
    ],
    [
      "a path that leaves and returns",
      planOf(toy, [{ stages: ["first", "left", "last"] }, { stages: ["right"] }]),
      "groups.0: not convex: a path leaves it into group 1 and returns",
    ],
    [
      "a size too small",
      changed({ memoryMb: 127 }),
      "groups.0.memoryMb: expected 128 to 10240 MB in steps of 1, got 127",
    ],
    [
      "a size too large",
      changed({ memoryMb: 10241 }),
      "groups.0.memoryMb: expected 128 to 10240 MB in steps of 1, got 10241",
    ],
    [
      "half a worker",
      changed({ workersPerVm: 0.5 }),
      'groups.0.workersPerVm: expected a whole number of at least 1 or "all", got 0.5',
    ],
    [
      "no slot",
      changed({ concurrency: 0 }),
      'groups.0.concurrency: expected a whole number of at least 1 or "all", got 0',
    ],
    [
      "a pre-warm before the arrival",
      changed({ prewarmMs: -1 }),
      "groups.0.prewarmMs: expected at least 0 ms or null, got -1",
    ],
    [
      "too little memory",
      changed({ memoryMb: 149 }),
      "groups.0.memoryMb: needs 150 MB at its worst moment, has 149",
    ],
    [
      "local across VMs",
      passed("left->last", "local"),
      "passing.left->last: local needs both ends in one group",
    ],
    [
      "the store inside a VM",
      { ...together(toy), passing: { ...together(toy).passing, "left->last": "object-store" } },
      "passing.left->last: both ends are in one group: expected local, got object-store",
    ],
  ];
  for (const [name, plan, message] of broken)
    test(name, () => {
      expect(messagesOf(plan)).toEqual([message]);
    });

  test("a payload above the limit", () => {
    const heavy = diamond({ first: 10, left: 20, right: 30, last: 40 }, 262_145);
    const plan = { ...legal, passing: { ...legal.passing, "left->last": "inline" as const } };
    expect(messagesOf(plan)).toEqual([]);
    expect(messagesOf(plan, scenarioOf(heavy, awsLambda2024))).toEqual([
      "passing.left->last: payload of 262145 bytes is above the limit of 262144",
    ]);
  });

  test("unknown names come with the nearest known one", () => {
    expect(messagesOf(passed("left->last", "inlin"))).toEqual([
      'passing.left->last: unknown passing "inlin"; did you mean "inline"?',
    ]);
    expect(messagesOf(passed("left->lost", "inline"))).toEqual([
      'passing.left->lost: unknown edge; did you mean "left->last"?',
    ]);
  });

  test("two runtimes in one VM", () => {
    const mixed = toyOf("mixed", { a: [1], b: [1, 1, { runtime: "nodejs20" }] }, [edge("a", "b")]);
    expect(messagesOf(together(mixed), scenarioOf(mixed, awsLambda2024))).toEqual([
      "groups.0.stages: one VM runs one runtime, got python3.12 and nodejs20",
    ]);
  });

  test("a size outside the measured ones", () => {
    const measured = [
      { memoryMb: 512, timeMs: 200 },
      { memoryMb: 1024, timeMs: 100 },
    ];
    const lone = toyOf("lone", { a: [1, 1, { measured }] }, []);
    expect(messagesOf(apart(lone, 1025), scenarioOf(lone, awsLambda2024))).toEqual([
      'groups.0.memoryMb: stage "a" was measured from 512 to 1024 MB, got 1025',
    ]);
  });
});

describe("memory at the worst moment, by hand", () => {
  // Runtime 100 MB and 50 MB a worker in every stage.
  const wide = fanOut(8, 100);
  const pairs = toyOf(
    "pairs",
    { a: [1, 4], b: [1, 4, { memoryMb: { runtime: 60, worker: 90 } }] },
    [edge("a", "b", "pairwise")],
  );
  const needed = (of: typeof wide, group: Partial<VmGroup> & Pick<VmGroup, "stages">) =>
    memoryNeededMb(of.workflow, of.profile, planOf(of, [group]).groups[0]!);
  const all = ["split", "work", "gather"];

  test("of threads: the runtime once, every resident worker", () => {
    expect(needed(wide, { stages: ["work"] })).toBe(100 + 8 * 50);
    expect(needed(wide, { stages: ["work"], workersPerVm: 4 })).toBe(100 + 4 * 50);
    expect(needed(wide, { stages: ["work"], workersPerVm: 4, concurrency: 3 })).toBe(250);
  });

  test("of processes: the runtime with every resident worker", () => {
    expect(needed(wide, { stages: ["work"], workersPerVm: 4, isolation: "processes" })).toBe(600);
  });

  test("of a pipeline: every runtime, the larger worker", () => {
    expect(needed(pairs, { stages: ["a", "b"], workersPerVm: 2 })).toBe(160 + 2 * 90);
    expect(needed(pairs, { stages: ["a", "b"], workersPerVm: 2, isolation: "processes" })).toBe(
      2 * (160 + 90),
    );
  });

  test("of a whole workflow and of a home: all that may run at one time", () => {
    expect(needed(wide, { stages: all })).toBe(300 + 8 * 50);
    expect(needed(wide, { stages: all, isolation: "processes" })).toBe(8 * 150);
    expect(needed(wide, { stages: all, workersPerVm: 2, isolation: "processes" })).toBe(2 * 150);
    expect(needed(toy, { stages: ["first", "left", "right", "last"] })).toBe(400 + 2 * 50);
  });

  test("decides the smallest size that fits", () => {
    const group = planOf(wide, [{ stages: ["work"] }]).groups[0]!;
    expect(smallestFitMb(wide.workflow, wide.profile, awsLambda2024, group)).toBe(512);
  });
});

test("rewrites keep the stage set, and whatever they change is a plan again", () => {
  const wide = fanOut(8, 100, { bytes: 1e6 });
  const of = scenarioOf(wide, awsLambda2024);
  let plans = [apart(wide, 1024)];
  let seen = 0;
  for (let depth = 0; depth < 3; depth++)
    plans = plans.slice(0, 12).flatMap((plan) =>
      [fuse, bundle, resize].flatMap((rewrite) =>
        [...rewrite(plan, of)].map((next) => {
          seen++;
          expect(next.groups.flatMap((group) => group.stages).sort()).toEqual([
            "gather",
            "split",
            "work",
          ]);
          expect(next).not.toEqual(plan);
          expect(messagesOf(next, of).filter((one) => !one.includes("worst moment"))).toEqual([]);
          return next;
        }),
      ),
    );
  expect(seen).toBeGreaterThan(100);
});

describe("EXPLAIN", () => {
  const wide = fanOut(8, 100, { bytes: 1e6 });
  const of = scenarioOf(wide, awsLambda2024);

  test("of the unfused plan", () => {
    expect(explainPlan(of, apart(wide, 1769))).toBe(`plan for fanOut on aws-lambda-2024
group 1: split
  1 VM of 1769 MB (1.00 vCPU), 150 MB in use at most
group 2: work x8
  8 VMs, 1 worker each, of 1769 MB (1.00 vCPU), 150 MB in use at most
group 3: gather
  1 VM of 1769 MB (1.00 vCPU), 150 MB in use at most
data between groups:
  split -> work: object-store
  work -> gather: object-store
`);
  });

  test("of a home with overflow", () => {
    const home = together(wide, {
      workersPerVm: 2,
      concurrency: 2,
      isolation: "processes",
      prewarmMs: 5,
    });
    expect(explainPlan(of, home)).toBe(`plan for fanOut on aws-lambda-2024
group 1: split + work x8 + gather
  a home and 3 further VMs, 2 workers each as processes, of 1769 MB (1.00 vCPU), 300 MB in use at most
  asked for 5 ms after arrival
`);
  });
});
