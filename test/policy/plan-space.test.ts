import { describe, expect, test } from "vitest";
import type { Scenario } from "../../src/plan/scenario.ts";
import { ideal } from "../../src/platform/ideal.ts";
import {
  crossingEdges,
  directClass,
  partitionsOf,
  passingChoices,
  plansOfSpace,
  spaceSize,
} from "../../src/policy/plan-space.ts";
import { unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import { chain, diamond, edge, fanOut, scenarioOf, type Toy, toyOf } from "../toy-graphs.ts";

// One and two vCPUs.
const cloud = {
  ...ideal,
  memorySizesMb: [1769, 3538],
  orchestrator: { ...ideal.orchestrator, payloadBytesMax: 1000 },
};
const spaceOf = (toy: Toy, platform = cloud): Scenario => scenarioOf(toy, platform);
const sizeOf = (toy: Toy) => spaceSize(spaceOf(toy), partitionsOf(spaceOf(toy)));
const optionsOf = (toy: Toy, stages: string, platform = cloud) =>
  partitionsOf(spaceOf(toy, platform))
    .flat()
    .filter((block) => block.stages.join("+") === stages)
    .filter((block, i, all) => all.indexOf(block) === i)
    .flatMap(({ home, options }) => options.map((option) => ({ home, ...option })));
const shortOf = ({
  home,
  workersPerVm,
  memoryMb,
  concurrency,
  isolation,
}: VmGroup & { home: boolean }) =>
  `${home ? "home " : ""}${workersPerVm}@${memoryMb} ${concurrency} ${isolation}`;

describe("the space of plans", () => {
  test("of one stage of one worker is its sizes", () => {
    expect(sizeOf(chain([100]))).toBe(2);
    expect(optionsOf(chain([100]), "s0").map(shortOf)).toEqual([
      "1@1769 all threads",
      "1@3538 all threads",
    ]);
  });

  test("of two stages is two sizes in one VM, or two by two and the ways of the edge between", () => {
    // 5,000 bytes are too many for a payload, 500 are not.
    expect(sizeOf(chain([100, 100], 5000))).toBe(2 + 2 * 2 * 2);
    expect(sizeOf(chain([100, 100], 500))).toBe(2 + 2 * 2 * 3);
    // Two runtimes are never in one VM.
    const mixed = toyOf("mixed", { a: [1], b: [1, 1, { runtime: "nodejs20" }] }, [
      edge("a", "b", "gather", 5000),
    ]);
    expect(sizeOf(mixed)).toBe(2 * 2 * 2);
  });

  test("of four workers has their bundles, slots and isolations where these differ", () => {
    const toy = toyOf("wide", { work: [100, 4] }, []);
    expect(optionsOf(toy, "work").map(shortOf)).toEqual([
      "1@1769 all threads",
      "1@3538 all threads",
      "2@1769 all threads",
      "2@1769 all processes",
      "2@1769 1 threads",
      "2@1769 1 processes",
      // Two vCPUs run both anyway.
      "2@3538 all threads",
      "2@3538 all processes",
      "all@1769 all threads",
      "all@1769 all processes",
      "all@1769 1 threads",
      "all@1769 1 processes",
      "all@3538 all threads",
      "all@3538 all processes",
      "all@3538 2 threads",
      "all@3538 2 processes",
    ]);
  });

  test("has balanced bundles only where weights are known and a bundle leaves a choice", () => {
    const weighed = toyOf("weighed", { work: [100, 4, { skew: { content: [1, 2, 3, 4] } }] }, []);
    const balanced = optionsOf(weighed, "work").filter(
      ({ assignment }) => assignment === "balanced",
    );
    expect(new Set(balanced.map(({ workersPerVm }) => workersPerVm))).toEqual(new Set([2]));
    expect(balanced.length).toBe(6);
    const drawn = toyOf("drawn", { work: [100, 4, { skew: { content: 0.5 } }] }, []);
    expect(optionsOf(drawn, "work").every(({ assignment }) => assignment === "consecutive")).toBe(
      true,
    );
  });

  test("leaves out what does not fit, and a lone worker's process that a thread is as good as", () => {
    // 3,000 MB a worker: one fits in the larger VM, and two, which its two vCPUs would run at once, in none.
    const toy = toyOf(
      "heavy",
      { work: [100, 2, { memoryMb: { runtime: 100, worker: 3000 } }] },
      [],
    );
    expect(optionsOf(toy, "work").map(shortOf)).toEqual(["1@3538 all threads"]);
  });

  test("tells a home that overflows from one VM for all", () => {
    const toy = fanOut(2, 100);
    const kinds = optionsOf(toy, "split+work+gather").map(
      ({ home, workersPerVm }) => `${home ? "home" : "whole"} of ${workersPerVm}`,
    );
    expect(new Set(kinds)).toEqual(new Set(["home of 1", "whole of all"]));
  });

  test("counts branches beside each other as running at once", () => {
    // Two branches in one VM of one vCPU: two at once, or one. In a VM of two that makes no difference.
    const two = diamond({ first: 1, left: 1, right: 1, last: 1 });
    expect(
      optionsOf(two, "left+right").map(({ memoryMb, concurrency }) => `${memoryMb} ${concurrency}`),
    ).toEqual(["1769 all", "1769 1", "3538 all"]);
    expect(
      optionsOf(two, "first+left").map(({ memoryMb, concurrency }) => `${memoryMb} ${concurrency}`),
    ).toEqual(["1769 all", "3538 all"]);
  });
});

describe("passings", () => {
  const toy = chain([1, 1, 1], 500);
  const scenario = spaceOf(toy);

  test("are those of the edges between groups, the others being local", () => {
    const together = partitionsOf(scenario).find((partition) => partition.length === 2)!;
    const crossing = crossingEdges(scenario, together).map(({ from, to }) => `${from}->${to}`);
    expect(crossing).toHaveLength(1);
    const choices = passingChoices(scenario, together).map((choice) => [...choice]);
    expect(choices).toEqual([
      [[crossing[0], "object-store"]],
      [[crossing[0], "inline"]],
      [[crossing[0], "direct"]],
    ]);
    const plans = [...plansOfSpace(scenario, [together])];
    expect(plans.length).toBe(3 * 2 * 2);
    for (const { passing } of plans)
      expect(Object.values(passing).filter((how) => how === "local").length).toBe(1);
  });

  test("of three groups are every way for each edge", () => {
    const apart = partitionsOf(scenario).find((partition) => partition.length === 3)!;
    expect(passingChoices(scenario, apart).length).toBe(9);
  });
});

describe("what a reader notices of who it pulls from", () => {
  const nicBytesPerMs = [
    { x: 0, y: 0 },
    { x: 10_000, y: 1000 },
  ];
  const platform = { ...ideal, nicBytesPerMs };
  const scenario = scenarioOf(fanOut(6, 100), platform);
  const [split, work] = unfusedPlan(scenario.workflow, () => 1769).groups;
  const classOf = (group: VmGroup, of = scenario) => directClass(of, group);

  test("is the network of its VMs and how many there are", () => {
    const pairs = { ...work!, workersPerVm: 2 };
    expect(classOf(work!)).not.toBe(classOf(pairs));
    expect(classOf({ ...work!, isolation: "processes", concurrency: 1 })).toBe(classOf(work!));
    // One VM is one VM, whether it is called all of six workers, six or seven, or holds a lone one.
    const whole = classOf({ ...work!, workersPerVm: "all" });
    for (const workersPerVm of [6, 7]) expect(classOf({ ...work!, workersPerVm })).toBe(whole);
    expect(classOf(split!)).toBe(whole);
    expect(classOf({ ...split!, memoryMb: 256 })).not.toBe(classOf(split!));
  });

  test("is the bundle of a home, whose widest stage has more workers", () => {
    const home = { ...work!, stages: ["split", "work"], workersPerVm: 2 };
    expect(classOf(home)).toBe(classOf({ ...work!, workersPerVm: 2 }));
    expect(classOf({ ...home, workersPerVm: 6 })).toBe(classOf({ ...work!, workersPerVm: "all" }));
  });

  test("is the bundle where the number of workers varies", () => {
    const varied = scenarioOf(fanOut({ uniform: { min: 2, max: 5 } }, 100), platform);
    const classes = [1, 4, 5, 6].map((workersPerVm) => classOf({ ...work!, workersPerVm }, varied));
    expect(new Set(classes).size).toBe(4);
  });
});
