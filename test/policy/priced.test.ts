import { describe, expect, test } from "vitest";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { checkPlan } from "../../src/plan/check-plan.ts";
import { type ExecutionPlan, unfusedPlan, type VmGroup } from "../../src/plan/plan.ts";
import { bundle, fuse, relayout, repass, resize, split } from "../../src/plan/rewrites.ts";
import { ideal } from "../../src/platform/ideal.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { candidateOf, type Objective, type PlanningTask } from "../../src/policy/policy.ts";
import { PricedSearch } from "../../src/policy/priced.ts";
import { exactCloud } from "../exact-cloud.ts";
import { chain, diamond, fanOut, scenarioOf, type Toy, toyOf, edge } from "../toy-graphs.ts";
import { cheapest, fastest } from "./objectives.ts";

const sizes = [256, 512, 1024, 1769, 3538];
const small = { ...ideal, memorySizesMb: sizes };
const hops = { ...exactCloud, memorySizesMb: sizes, keepAliveMs: Number.POSITIVE_INFINITY };
function taskOf(toy: Toy, objective = cheapest(1e9), platform: Platform = small, runs = 4) {
  const scenario = scenarioOf(toy, platform, { kind: "closed", inFlight: 1 });
  const options = { luck: "stratified", coldStarts: "per-group" } as const;
  const model = scenarioModel(scenario, runs, "priced", options);
  return { scenario, objective, sizing: "tuned", model } as const satisfies PlanningTask;
}

// Works that gain from several vCPUs, each by another share.
const line = toyOf(
  "line",
  {
    a: [900, 1, { compute: { maxVcpus: 2, serialFraction: 0.5 } }],
    b: [400, 1, { waitMs: 300 }],
    c: [2000, 1, { compute: { maxVcpus: 2, serialFraction: 0.1 } }],
  },
  [edge("a", "b", "gather", 1e5), edge("b", "c", "gather", 5e5)],
);
const apart = [["a"], ["b"], ["c"]];

/** Every choice of sizes for a chain of three. */
const everySizing = (of: (a: number, b: number, c: number) => ExecutionPlan) =>
  sizes.flatMap((a) => sizes.flatMap((b) => sizes.map((c) => of(a, b, c))));
const sized = (a: number, b: number, c: number) =>
  unfusedPlan(line.workflow, (id) => ({ a, b, c })[id as "a" | "b" | "c"]);

describe("groups at a price", () => {
  test("are each at the size that is least for cost and price, in a chain: as all sizings show", () => {
    const task = taskOf(line);
    const priced = new PricedSearch(task);
    const start = priced.planOf(apart)!;
    // 1e-6 to 1e-2 USD per ms: from the cheapest sizes to the fastest.
    const chosen = [0, 1e-8, 3e-8, 1e-7, 1e-2].map((price) => {
      const found = priced.atPrice(start, price);
      const all = everySizing(sized).filter((plan) => checkPlan(task.scenario, plan).length === 0);
      const least = Math.min(
        ...all.map((plan) => {
          const { latencyMsAtQuantile, costUsdMean } = candidateOf(task, plan).prediction;
          return costUsdMean + price * latencyMsAtQuantile;
        }),
      );
      expect(priced.worth(found, price) / least).toBeCloseTo(1, 9);
      return found.plan.groups.map(({ memoryMb }) => memoryMb);
    });
    expect(new Set(chosen.map((one) => one.join())).size).toBeGreaterThan(2);
    expect(priced.seen).toBe(5);
  });

  test("whose data travels in other ways are sized in other ways, also by one search", () => {
    // A larger VM has a faster network, which only data through the store needs: a connection is slow.
    const nicBytesPerMs = [
      { x: 0, y: 0 },
      { x: 10_000, y: 10_000 },
    ];
    const heavy = chain([900, 400], 5e6);
    const task = taskOf(heavy, cheapest(1e9), {
      ...hops,
      nicBytesPerMs,
      store: { ...hops.store, connectionBytesPerMs: Number.POSITIVE_INFINITY },
      direct: { setupMs: 5, connectionBytesPerMs: 100 },
    });
    const priced = new PricedSearch(task);
    const start = priced.planOf([["s0"], ["s1"]])!;
    const price = 1e-6;
    const found = (how: "object-store" | "direct", by: PricedSearch) =>
      by.atPrice({ ...start, passing: { "s0->s1": how } }, price);
    for (const how of ["object-store", "direct"] as const)
      expect(found(how, priced)).toEqual(found(how, new PricedSearch(task)));
    expect(found("object-store", priced).plan.groups).not.toEqual(
      found("direct", priced).plan.groups,
    );
  });

  test("off the critical path are as cheap as can be", () => {
    const two = diamond({ first: 100, left: 5000, right: 200, last: 100 });
    const dear = { ...small, price: { ...small.price, billingStepMs: 500, usdPerMbMs: 1e-9 } };
    const priced = new PricedSearch(taskOf(two, cheapest(1e9), dear));
    const start = priced.planOf([["first"], ["left"], ["right"], ["last"]])!;
    const [, left, right] = priced.atPrice(start, 1).plan.groups;
    expect(left!.memoryMb).toBeGreaterThanOrEqual(1769);
    expect(right!.memoryMb).toBe(256);
  });

  test("keep the bound at the least cost, or spend the budget on the least time, within 2 %", () => {
    const all = everySizing(sized);
    const any = taskOf(line);
    const legal = all.filter((plan) => checkPlan(any.scenario, plan).length === 0);
    const predictions = legal.map((plan) => candidateOf(any, plan).prediction);
    const least = (of: "latencyMsAtQuantile" | "costUsdMean") =>
      Math.min(...predictions.map((one) => one[of]));
    for (const slack of [1.02, 1.2, 1.7]) {
      const slo = slack * least("latencyMsAtQuantile");
      const budget = slack * least("costUsdMean");
      const bestUsd = Math.min(
        ...predictions.flatMap((one) => (one.latencyMsAtQuantile <= slo ? [one.costUsdMean] : [])),
      );
      const bestMs = Math.min(
        ...predictions.flatMap((one) =>
          one.costUsdMean <= budget ? [one.latencyMsAtQuantile] : [],
        ),
      );
      const found = (objective: Objective) => {
        const priced = new PricedSearch({ ...any, objective });
        return priced.price(priced.planOf(apart)!).candidate.prediction;
      };
      expect(found(cheapest(slo)).latencyMsAtQuantile).toBeLessThanOrEqual(slo);
      expect(found(cheapest(slo)).costUsdMean / bestUsd).toBeLessThan(1.0001);
      expect(found(fastest(budget)).costUsdMean).toBeLessThanOrEqual(budget);
      expect(found(fastest(budget)).latencyMsAtQuantile / bestMs).toBeLessThan(1.02);
    }
  });

  test("come as near to a bound as they can where nothing keeps it", () => {
    const any = taskOf(line);
    const fast = Math.min(
      ...everySizing(sized)
        .filter((plan) => checkPlan(any.scenario, plan).length === 0)
        .map((plan) => candidateOf(any, plan).prediction.latencyMsAtQuantile),
    );
    const priced = new PricedSearch(taskOf(line, cheapest(1)));
    const { candidate } = priced.price(priced.planOf(apart)!);
    expect(candidate.prediction.latencyMsAtQuantile / fast).toBeCloseTo(1, 9);
    const poor = new PricedSearch(taskOf(line, fastest(0)));
    const cheap = new PricedSearch(taskOf(line));
    const start = poor.planOf(apart)!;
    expect(poor.price(start).candidate.prediction.costUsdMean).toBeCloseTo(
      cheap.atPrice(start, 0).prediction.costUsdMean,
      12,
    );
  });

  test("are asked for ahead where VMs start cold, and that is worth it", () => {
    const cold = { ...exactCloud, memorySizesMb: sizes };
    const scenario = scenarioOf(line, cold, { kind: "once" });
    const model = scenarioModel(scenario, 2, "cold");
    const task = { scenario, objective: fastest(1e9), sizing: "tuned", model } as const;
    const priced = new PricedSearch(task);
    const { candidate } = priced.price(priced.planOf(apart)!);
    const best = priced.best(1)[0]!;
    expect(best.plan.groups.map(({ prewarmMs }) => prewarmMs !== null)).toEqual([
      false,
      true,
      true,
    ]);
    // Two of three cold starts of 200 + 10 + 50 ms are hidden.
    expect(
      candidate.prediction.latencyMsAtQuantile - best.prediction.latencyMsAtQuantile,
    ).toBeCloseTo(520, 6);
    for (const { prewarmMs } of best.plan.groups) expect((prewarmMs ?? 0) % 100).toBe(0);
  });
});

describe("a plan of given groups", () => {
  const task = taskOf(line, cheapest(1e9), hops);
  const priced = new PricedSearch(task);

  test("passes what fits a payload as one, the rest through the store, and nothing outside a group", () => {
    // A payload holds 100,000 bytes.
    expect(priced.planOf(apart)!.passing).toEqual({ "a->b": "inline", "b->c": "object-store" });
    expect(priced.planOf([["a", "b"], ["c"]])!.passing).toEqual({
      "a->b": "local",
      "b->c": "object-store",
    });
    expect(priced.planOf([["a", "b"], ["c"]])!.groups.map(({ stages }) => stages)).toEqual([
      ["a", "b"],
      ["c"],
    ]);
  });

  test("is none where groups wait for each other, or no VM holds one of them", () => {
    expect(priced.planOf([["a", "c"], ["b"]])).toBeUndefined();
    const heavy = chain([1, 1], 0, { memoryMb: { runtime: 100, worker: 3400 } });
    const search = new PricedSearch(taskOf(heavy));
    expect(search.planOf([["s0"], ["s1"]])).toBeDefined();
    // Twice 100 MB of runtime and 3,400 MB are more than 3,538.
    expect(search.planOf([["s0", "s1"]])).toBeUndefined();
  });
});

describe("fusing at a price", () => {
  const namesOf = (plan: ExecutionPlan) => plan.groups.map(({ stages }) => stages.join("+"));
  const fused = (
    toy: Toy,
    groups: readonly string[][],
    platform: Platform,
    objective: Objective,
  ) => {
    const priced = new PricedSearch(taskOf(toy, objective, platform));
    return priced.fuse(priced.price(priced.planOf(groups)!)).candidate;
  };

  test("joins a chain where hops and transfers cost, however long", () => {
    const long = chain([100, 100, 100, 100, 100], 1e5);
    const groups = long.workflow.stages.map(({ id }) => [id]);
    expect(namesOf(fused(long, groups, hops, cheapest(1e9)).plan)).toEqual(["s0+s1+s2+s3+s4"]);
    expect(namesOf(fused(long, groups, hops, fastest(1e9)).plan)).toEqual(["s0+s1+s2+s3+s4"]);
  });

  test("joins groups wherever the plan lists them", () => {
    for (const groups of [
      [["c"], ["b"], ["a"]],
      [["b"], ["c"], ["a"]],
    ]) {
      const { plan } = fused(line, groups, hops, cheapest(1e9));
      expect(namesOf(plan)).toEqual(["a+b+c"]);
      expect(new Set(Object.values(plan.passing))).toEqual(new Set(["local"]));
    }
  });

  test("leaves groups apart that no VM holds together", () => {
    const heavy = chain([100, 100, 100], 1e5, { memoryMb: { runtime: 1500, worker: 100 } });
    const groups = heavy.workflow.stages.map(({ id }) => [id]);
    // Two of them need 3,100 MB, three 4,600.
    const { plan } = fused(heavy, groups, hops, cheapest(1e9));
    expect(plan.groups.length).toBe(2);
    expect(checkPlan(scenarioOf(heavy, hops), plan)).toEqual([]);
    const heavier = chain([100, 100], 1e5, { memoryMb: { runtime: 2000, worker: 100 } });
    expect(namesOf(fused(heavier, [["s0"], ["s1"]], hops, cheapest(1e9)).plan)).toEqual([
      "s0",
      "s1",
    ]);
  });

  test("leaves groups apart where nothing between them costs", () => {
    expect(namesOf(fused(line, apart, small, cheapest(1e9)).plan)).toEqual(["a", "b", "c"]);
  });

  test("joins branches and their ends too, never in a circle, and only one runtime", () => {
    const two = diamond({ first: 100, left: 300, right: 200, last: 100 }, 1e5);
    const groups = [["first"], ["left"], ["right"], ["last"]];
    const { plan } = fused(two, groups, hops, cheapest(1e9));
    expect(checkPlan(scenarioOf(two, hops), plan)).toEqual([]);
    expect(plan.groups.length).toBe(1);
    const mixed = toyOf(
      "mixed",
      { a: [100], b: [100, 1, { runtime: "nodejs20" }], c: [100, 1, { runtime: "nodejs20" }] },
      [edge("a", "b", "gather", 1e5), edge("b", "c", "gather", 1e5)],
    );
    expect(namesOf(fused(mixed, apart, hops, cheapest(1e9)).plan)).toEqual(["a", "b+c"]);
  });
});

describe("polishing", () => {
  const rewrites = [repass, resize, relayout, bundle, split, fuse];
  const wide = fanOut(4, 600, { bytes: 2e5, change: { compute: { maxVcpus: 2 } } });

  test("ends where no rewrite is worth less at the price", () => {
    for (const price of [0, 1e-3, 1]) {
      const task = taskOf(wide, cheapest(1e9), hops, 2);
      const priced = new PricedSearch(task);
      const candidate = priced.consider(unfusedPlan(wide.workflow, () => 1024));
      const plan = priced.polish({ candidate, price }, 1000);
      const least = priced.worth(candidateOf(task, plan), price);
      expect(least).toBeLessThan(priced.worth(candidate, price));
      for (const rewrite of rewrites)
        for (const next of rewrite(plan, task.scenario)) {
          if (checkPlan(task.scenario, next).length > 0) continue;
          expect(priced.worth(candidateOf(task, next), price)).toBeGreaterThanOrEqual(least);
        }
    }
  });

  test("looks at no more plans than it may, and at none twice", () => {
    const asked: string[] = [];
    const { model, ...rest } = taskOf(wide, cheapest(1e9), hops, 2);
    const noting = (plan: ExecutionPlan) => {
      asked.push(JSON.stringify([plan.groups, plan.passing]));
      return model(plan);
    };
    const priced = new PricedSearch({ ...rest, model: Object.assign(noting, { runs: 2 }) });
    const candidate = priced.consider(unfusedPlan(wide.workflow, () => 1024));
    priced.polish({ candidate, price: 1e-3 }, 10);
    expect([asked.length, priced.seen]).toEqual([11, 11]);
    priced.polish({ candidate, price: 1e-3 }, 1000);
    // The start was given, and may come again as a neighbour.
    expect(new Set(asked).size).toBeGreaterThanOrEqual(asked.length - 1);
  });

  test("takes only the rewrites it is given", () => {
    const priced = new PricedSearch(taskOf(wide, cheapest(1e9), hops, 2));
    const candidate = priced.consider(unfusedPlan(wide.workflow, () => 1024));
    const { groups, passing } = priced.polish({ candidate, price: 1 }, 1000, [repass]);
    expect(groups).toEqual(candidate.plan.groups);
    expect(new Set(Object.values(passing))).not.toContain("object-store");
  });
});

describe("what is remembered", () => {
  test("is the best of each structure, the best first, as many as asked for", () => {
    const task = taskOf(line);
    const priced = new PricedSearch(task);
    const fusedPlan = priced.planOf([["a", "b"], ["c"]])!;
    const structures = [sized(1769, 1769, 1769), sized(256, 1769, 1769), fusedPlan];
    const [first, second, third] = structures.map((plan) => priced.consider(plan));
    const apartBest = [first!, second!].toSorted(
      (a, b) => a.prediction.costUsdMean - b.prediction.costUsdMean,
    )[0]!;
    const expected = [apartBest, third!].toSorted(
      (a, b) => a.prediction.costUsdMean - b.prediction.costUsdMean,
    );
    expect(priced.best(5)).toEqual(expected);
    expect(priced.best(1)).toEqual(expected.slice(0, 1));
    priced.consider(sized(1769, 1769, 1769));
    expect(priced.best(5)).toEqual(expected);
    expect(priced.seen).toBe(4);
  });

  test("tells bundles and passings apart, but not sizes and slots", () => {
    const wide = fanOut(4, 600);
    const priced = new PricedSearch(taskOf(wide));
    const plain = unfusedPlan(wide.workflow, () => 1769);
    const withWork = (change: Partial<VmGroup>) => ({
      ...plain,
      groups: plain.groups.with(1, { ...plain.groups[1]!, ...change }),
    });
    const passing = { ...plain.passing, "split->work": "direct" } as const;
    for (const plan of [plain, withWork({ memoryMb: 512 }), withWork({ concurrency: 1 })])
      priced.consider(plan);
    expect(priced.best(9)).toHaveLength(1);
    for (const plan of [withWork({ workersPerVm: 2 }), { ...plain, passing }])
      priced.consider(plan);
    expect(priced.best(9)).toHaveLength(3);
  });
});
