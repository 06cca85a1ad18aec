/** Runs families against their formulas and judges all comparisons together. */

import type { Family, Setting } from "./family.ts";
import { type Comparison, compare, FAMILY_WISE_ALPHA, holm, uniformityP } from "./inference.ts";

/** One comparison with its verdict. */
export interface Verdict extends Comparison {
  readonly family: string;
  readonly setting: Setting;
  readonly rejected: boolean;
}

/** All comparisons, and how the method itself did. */
export interface Verification {
  readonly verdicts: readonly Verdict[];
  /** Part of the 95 % intervals around exact formulas that hold the formula's value. */
  readonly coverage: number;
  /** Whether the p-values of exact formulas are uniform, as they are when formulas and intervals are right. */
  readonly uniformityP: number;
}

/**
 * Simulates every setting of every family, each with luck of its own, and judges by Holm's procedure at
 * `FAMILY_WISE_ALPHA` over all comparisons. `told` hears of each family before it is simulated.
 */
export function verify(
  families: readonly Family[],
  seed: string,
  effort: number,
  told: (family: Family) => void = () => undefined,
): Verification {
  const compared = families.flatMap((family) => {
    told(family);
    return family.settings.map((setting) => {
      const sample = setting.observe(`${seed}/${family.name}/${setting.label}`, effort);
      return { family: family.name, setting, ...compare(sample, setting.truth) };
    });
  });
  const rejected = holm(
    compared.map(({ p }) => p),
    FAMILY_WISE_ALPHA,
  );
  const exact = compared.filter(({ setting: { truth } }) => truth.low === truth.high);
  const covered = exact.filter(
    ({ low, high, setting: { truth } }) => low <= truth.low && truth.low <= high,
  );
  return {
    verdicts: compared.map((one, i) => ({ ...one, rejected: rejected[i]! })),
    coverage: covered.length / exact.length,
    uniformityP: uniformityP(exact.map(({ p }) => p)),
  };
}
