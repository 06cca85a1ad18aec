/** Keeps what each test file showed, and when, in tests.json of the folder that WISEFUSE_EVIDENCE names. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import type {
  Evidence,
  Figures,
  Provenance,
  TestEvidence,
} from "../../experiments/trust/evidence.ts";
import { jsonIn, provenanceNow, writeEvidence } from "../../experiments/trust/keep.ts";

/** Files that ran replace what was known of them; files that are no more are forgotten. */
export default class EvidenceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const folder = process.env["WISEFUSE_EVIDENCE"];
    if (folder === undefined) return;
    const file = join(folder, "tests.json");
    const provenance = provenanceNow();
    const found = modules.map(
      (one) => [one.relativeModuleId, evidenceOf(one, provenance)] as const,
    );
    const known = Object.entries((jsonIn(file) ?? {}) as Evidence["tests"]);
    const all = new Map([...known, ...found].filter(([path]) => existsSync(path)));
    writeEvidence(file, Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1))));
  }
}

function evidenceOf(module: TestModule, provenance: Provenance): TestEvidence {
  const tests = [...module.children.allTests()];
  const inState = (state: string) => tests.filter((test) => test.result().state === state).length;
  const broken = module.state() === "failed" && inState("failed") === 0 ? 1 : 0;
  const cases = tests.flatMap((test): (readonly [string, number])[] => {
    const count = test.meta().cases;
    return count === undefined || test.result().state !== "passed" ? [] : [[test.name, count]];
  });
  return {
    ...provenance,
    passed: inState("passed"),
    failed: inState("failed") + broken,
    skipped: inState("skipped"),
    cases: Object.fromEntries(cases),
    figures: tests.reduce<Figures>((all, test) => ({ ...all, ...test.meta().figures }), {}),
  };
}
