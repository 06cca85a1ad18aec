import { describe, expect, test } from "vitest";
import { simulate } from "../../src/execution/simulate.ts";
import { scenarioModel } from "../../src/model/scenarios.ts";
import { exactCloud } from "../exact-cloud.ts";
import { edge, ONE_VCPU_MB, planOf, scenarioOf, toyOf } from "../toy-graphs.ts";

const GB_S = ONE_VCPU_MB / 1024 / 1000;

describe("a home whose first stage is pulled from directly", () => {
  /** `audit` reads `bytes` from `split`, while `work` and `gather` go on in the home and beside it. */
  const audited = (bytes: number) => {
    const toy = toyOf("audited", { split: [100], work: [200, 4], gather: [50], audit: [10] }, [
      edge("split", "work", "scatter"),
      edge("work", "gather", "gather"),
      edge("split", "audit", "gather", bytes),
    ]);
    const home = { workersPerVm: 2, concurrency: 2, memoryMb: 2 * ONE_VCPU_MB };
    const plan = planOf(toy, [
      { stages: ["split", "work", "gather"], ...home },
      { stages: ["audit"] },
    ]);
    return {
      toy,
      plan: { ...plan, passing: { ...plan.passing, "split->audit": "direct" as const } },
    };
  };
  // Hop 100, split 100, a call of 20 for the other pair, 200, 50: the group ends at 470. The audit is
  // asked for at 200, called at 300, connected at 305 and pulls 1,000 bytes/ms.
  const HOME_END_MS = 470;

  for (const [bytes, pullEndMs] of [
    [1_000_000, 1305],
    [50_000, 355],
  ] as const)
    test(`is held and billed until both have ended: a pull to ${pullEndMs} ms`, () => {
      const { toy, plan } = audited(bytes);
      const warm = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
      const log = simulate(warm, plan, { runs: 20, warmupRuns: 1, seed: "held" });
      const homeMs = Math.max(HOME_END_MS, pullEndMs) - 100;
      const auditMs = pullEndMs - 300 + 10;
      for (let run = 0; run < 20; run++) {
        expect(log.columns.latencyMs[run]).toBeCloseTo(Math.max(HOME_END_MS, pullEndMs + 10), 6);
        expect(log.columns.gbS[run]).toBeCloseTo((2 * homeMs + 2 * 200 + auditMs) * GB_S, 6);
      }
    });

  test("leaves no trace in other runs when its own run fails", () => {
    const { toy, plan } = audited(1_000_000);
    const tight = {
      ...exactCloud,
      runMsMax: 1250,
      concurrency: {
        ...exactCloud.concurrency,
        limit: 4,
        retry: { intervalMs: 30, backoffRate: 1, maxAttempts: 2 },
      },
    };
    const scenario = scenarioOf(toy, tight, { kind: "poisson", perSecond: 1 });
    const { columns, status } = simulate(scenario, plan, {
      runs: 3000,
      warmupRuns: 10,
      seed: "harsh",
    });
    const count = (code: number) => status.filter((one) => one === code).length;
    expect(count(0)).toBeGreaterThan(300);
    expect(count(2)).toBeGreaterThan(300);
    expect(count(0) + count(1) + count(2)).toBe(3000);
    let undisturbed = 0;
    for (let run = 0; run < 3000; run++) {
      if (status[run] !== 0 || columns.coldStarts[run] !== 0 || columns.latencyMs[run]! > 1315.001)
        continue;
      undisturbed++;
      const auditMs = 1305 - 300 + 10;
      // Its overflow pair may have waited for room, which costs nothing.
      expect(columns.gbS[run]).toBeCloseTo((2 * 1205 + 2 * 200 + auditMs) * GB_S, 6);
    }
    expect(undisturbed).toBeGreaterThan(100);
  });

  test("costs what the model predicts", () => {
    for (const bytes of [1_000_000, 50_000]) {
      const { toy, plan } = audited(bytes);
      const warm = scenarioOf(toy, exactCloud, { kind: "closed", inFlight: 1 });
      const log = simulate(warm, plan, { runs: 3, warmupRuns: 1, seed: "held" });
      const predicted = scenarioModel(warm, 3, "held")(plan);
      expect(predicted.latencyMs[0]).toBeCloseTo(log.columns.latencyMs[0]!, 6);
      // Up to the rounding of each use to 10 ms.
      expect(Math.abs(predicted.costUsd[0]! - log.columns.costUsd[0]!)).toBeLessThan(
        3 * 10 * 2 * ONE_VCPU_MB * 1e-9,
      );
    }
  });
});
