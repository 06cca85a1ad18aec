/** A Stryker checker that lets a sample of the mutants through and turns the others away untried. */

import { type CheckResult, CheckStatus, type Checker } from "@stryker-mutator/api/check";
import type { Mutant, StrykerOptions } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import { asReported, drawn, mutantName, type Sample } from "./sample.ts";

class SampleChecker implements Checker {
  static readonly inject = tokens(commonTokens.options);
  readonly #sample: Sample;
  #asked = false;

  constructor(options: StrykerOptions) {
    this.#sample = options["sample"] as Sample;
  }

  async init(): Promise<void> {}

  // All at once: a sample of a given size needs to see all.
  async group(mutants: readonly Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: readonly Mutant[]): Promise<Record<string, CheckResult>> {
    if (this.#asked) throw new Error("the mutants came in two parts; a sample needs them in one");
    this.#asked = true;
    const names = mutants.map((mutant) => mutantName(asReported(mutant)));
    const chosen = drawn(names, this.#sample);
    return Object.fromEntries(
      mutants.map((mutant, i): [string, CheckResult] => [
        mutant.id,
        chosen.has(names[i]!)
          ? { status: CheckStatus.Passed }
          : { status: CheckStatus.CompileError, reason: "not in the sample" },
      ]),
    );
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, "sample", SampleChecker)];
