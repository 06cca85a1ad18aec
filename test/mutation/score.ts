/** From the fates of sampled mutants to a score with its interval. */

import { shareEstimate } from "../../src/stats/summary.ts";

/** What became of a mutant: Stryker's word for it, whether it acts when its file loads, its operator. */
export interface Fate {
  /** Place of its part in the folder. */
  readonly part: number;
  readonly status: string;
  readonly static: boolean;
  readonly mutator: string;
}

/** A folder's row in `results/trust/mutation.json`; shares are of 1, the interval is of 95 %. */
export interface FolderScore {
  readonly date: string;
  readonly mutants: number;
  readonly sampled: number;
  readonly seed: string;
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly notCovered: number;
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

export function isAlive({ status }: Fate): boolean {
  return status === "Survived" || status === "NoCoverage";
}

/**
 * Share of mutants found. The interval is Wilson's, its variance less the part of the mutants that was
 * seen: with all of them it is a point.
 */
export function scoreOf(
  fates: readonly Fate[],
  mutants: number,
  seed: string,
  date: string,
): FolderScore {
  const count = (status: string) => fates.filter((one) => one.status === status).length;
  const [killed, timedOut] = [count("Killed"), count("Timeout")];
  const [survived, notCovered] = [count("Survived"), count("NoCoverage")];
  const sampled = killed + timedOut + survived + notCovered;
  const found = (killed + timedOut) / sampled;
  const unseen = mutants > 1 ? Math.max(0, mutants - sampled) / (mutants - 1) : 0;
  const { low, high } = shareEstimate(found, sampled / unseen);
  const share = (x: number) => Math.round(x * 1e4) / 1e4;
  return {
    date,
    mutants,
    sampled,
    seed,
    killed,
    timedOut,
    survived,
    notCovered,
    score: share(found),
    low: share(low),
    high: share(high),
  };
}
