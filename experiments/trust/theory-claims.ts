/** The queues that the simulator is held against, as claims. */

import { type Show, theoryFamily } from "./shown.ts";

const QUEUES: Readonly<Record<string, string>> = {
  "M/M/1": "M/M/1: response time",
  "M/M/c": "M/M/c: response time",
  "M/M/c by retry": "M/M/c whose refused customers ask again: within bounds",
  "M/G/inf": "M/G/∞: number in service, whatever the law",
  "M/M/inf keep-alive": "M/M/∞ with keep-alive: cold starts",
  "cold starts": "A Poisson stream under a keep-alive: cold starts",
  "M/G/1-PS": "M/G/1 processor sharing: response time, whatever the law",
  "M/G/c/c": "Erlang loss under a concurrency limit",
  "scale-out bucket": "M/D/1/K: loss under a rate of new VMs",
  "fork-join": "Fork-join: exact for two, within bounds above, and workers of one run",
  "max of lognormals": "The slowest of n lognormal workers",
  "Little's law": "Little's law on random workflows",
};

/** One claim a family of experiments/theory. */
export const theoryFamilies: readonly { claim: string; shownBy: string; show: Show }[] =
  Object.entries(QUEUES).map(([name, claim]) => ({
    claim,
    shownBy: "npm run verify:theory",
    show: theoryFamily(name),
  }));

/** Names of the families that are claimed. */
export const claimedFamilies: readonly string[] = Object.keys(QUEUES);
