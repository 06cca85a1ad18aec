/** Figures of tests: what a test measured, handed to the reporter beside whether it passed. */

import { TestRunner } from "vitest";
import type { Figures } from "../../experiments/trust/evidence.ts";

declare module "vitest" {
  interface TaskMeta {
    figures?: Figures;
    /** Random cases that its properties held in. */
    cases?: number;
  }
}

/** Notes what the running test measured; a name stands once in a test file. */
export function measured(figures: Figures): void {
  const { meta } = currentTest();
  meta.figures = { ...meta.figures, ...figures };
}

/** Counts random cases in which the running test found its property to hold. */
export function countCases(cases: number): void {
  const { meta } = currentTest();
  meta.cases = (meta.cases ?? 0) + cases;
}

function currentTest() {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) throw new Error("no test is running");
  return test;
}
