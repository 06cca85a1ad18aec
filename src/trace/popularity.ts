/** How often each workflow of a population runs: few run very often, most hardly ever. */

import { ln, power } from "../stats/numeric.ts";
import { POPULARITY } from "./published.ts";

/** Executions per day of workflows by their rank, the busiest first. */
export class Popularity {
  readonly workflows: number;
  readonly #atKnee: number;
  #totalPerDay: number | undefined;

  constructor(workflows: number) {
    this.workflows = workflows;
    this.#atKnee = this.#zipf(1 - POPULARITY.rareShare);
  }

  /**
   * Executions per day of the workflow of rank `rank`, from 1: Zipf's law through 100 a day at the share
   * that was published, then log-linear down to the rarest. 50,000 workflows run 49 million times a day,
   * as the published platform did, and the five busiest of them hold 48 %.
   */
  perDay(rank: number): number {
    const share = rank / this.workflows;
    const knee = 1 - POPULARITY.rareShare;
    if (share <= knee) return this.#zipf(share);
    const part = (share - knee) / (1 - knee);
    return this.#atKnee * power(POPULARITY.leastPerDay / this.#atKnee, part);
  }

  /** Executions per day of the whole population. O(workflows) once. */
  totalPerDay(): number {
    if (this.#totalPerDay === undefined) {
      let total = 0;
      for (let rank = this.workflows; rank >= 1; rank--) total += this.perDay(rank);
      this.#totalPerDay = total;
    }
    return this.#totalPerDay;
  }

  #zipf(share: number): number {
    const { ordinary, zipfExponent } = POPULARITY;
    return ordinary.perDay * power((1 - ordinary.rarerShare) / share, zipfExponent);
  }
}

/** Orders of magnitude between the busiest and the rarest workflow. */
export function ordersOfMagnitude(popularity: Popularity): number {
  return ln(popularity.perDay(1) / popularity.perDay(popularity.workflows)) / ln(10);
}
