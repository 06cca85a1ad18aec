/** Keeps what each test file showed, and when, in tests.json of the folder that WISEFUSE_EVIDENCE names. */

import type { Reporter, TestModule } from "vitest/node";
import type { Figures, Provenance, TestEvidence } from "../../experiments/trust/evidence.ts";
import { addTests, provenanceNow } from "../../experiments/trust/keep.ts";

/** A file that ran replaces what was known of it, as soon as it ends: a long run may be cut off. */
export default class EvidenceReporter implements Reporter {
  readonly #folder = process.env["WISEFUSE_EVIDENCE"];
  readonly #provenance = provenanceNow();

  onTestModuleEnd(module: TestModule): void {
    if (this.#folder === undefined) return;
    addTests(this.#folder, { [module.relativeModuleId]: evidenceOf(module, this.#provenance) });
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
