/** Closed forms of queueing theory. Rates are per unit of time, loads are rate times mean service. */

import { exp, ln } from "../../src/stats/numeric.ts";

/** Harmonic number: the mean of the largest of n exponential times of mean 1. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += 1 / i;
  return sum;
}

/** Probability of exactly k when the mean is `mean`, Poisson. */
export function poissonMass(mean: number, k: number): number {
  let lnMass = -mean;
  for (let i = 1; i <= k; i++) lnMass += ln(mean / i);
  return exp(lnMass);
}

/** Probability of at most k, Poisson. */
export function poissonAtMost(mean: number, k: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += poissonMass(mean, i);
  return sum;
}

/** Part of arrivals that `servers` servers under `load` turn away. Source: Erlang, 1917 (his B formula). */
export function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

/** Part of arrivals that wait in M/M/c. Source: Erlang, 1917 (his C formula). */
export function erlangC(servers: number, load: number): number {
  const blocked = erlangB(servers, load);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/** Mean wait in M/M/c, in the unit of `meanService`. */
export function waitInMmc(servers: number, load: number, meanService: number): number {
  return (erlangC(servers, load) * meanService) / (servers - load);
}

/**
 * Mean response of two parallel M/M/1 queues that every arrival joins at once, service of mean 1.
 * Source: Flatto and Hahn, SIAM J. Appl. Math. 44(5), 1984; Nelson and Tantawi, IEEE ToC 37(6), 1988.
 */
export function forkJoinOfTwo(load: number): number {
  return (12 - load) / 8 / (1 - load);
}

/** Mean time until n exponential jobs of mean 1 are done when at most `servers` are served at once. */
export function drainTime(n: number, servers: number): number {
  let sum = 0;
  for (let left = 1; left <= n; left++) sum += 1 / Math.min(left, servers);
  return sum;
}

/**
 * Part of Poisson arrivals that M/D/1 with room for `room` (the one in service included) turns away.
 * Source: the chain embedded at departures; Gross et al., Fundamentals of Queueing Theory, 4th ed., §5.1.8.
 */
export function lossInMd1(room: number, load: number): number {
  // Weights of the states left behind by departures, by the balance of each state in turn.
  const arrivals = Array.from({ length: room + 1 }, (_, k) => poissonMass(load, k));
  const weight = [1];
  for (let j = 0; j + 1 < room; j++) {
    let next = weight[j]! - weight[0]! * arrivals[j]!;
    for (let i = 1; i <= j; i++) next -= weight[i]! * arrivals[j - i + 1]!;
    weight.push(next / arrivals[0]!);
  }
  const empty = weight[0]! / weight.reduce((sum, w) => sum + w, 0);
  return 1 - 1 / (empty + load);
}

/**
 * Part of starts that are cold in M/M/infinity (service of mean 1) whose servers stay warm for `keepAlive`
 * after use, the last used first. An arrival that finds n busy takes the server let go when the number busy
 * last fell from n + 1 to n; it is gone when the way back up from n took longer than the keep-alive. So the
 * answer is the sum over n of the Poisson mass of n times P(passage from n to n + 1 > keepAlive), the
 * latter by uniformisation.
 */
export function coldShare(load: number, keepAlive: number): number {
  let share = 0;
  for (let n = 0; n < 20 + 4 * load; n++) {
    const mass = poissonMass(load, n);
    if (mass > 1e-12) share += mass * passageBeyond(load, n, keepAlive);
  }
  return share;
}

function passageBeyond(load: number, n: number, time: number): number {
  const rate = load + n;
  let state = new Float64Array(n + 1);
  state[n] = 1;
  let beyond = 0;
  const steps = Math.ceil(rate * time + 12 * Math.sqrt(rate * time) + 30);
  let lnMass = -rate * time;
  for (let k = 0; k <= steps; k++) {
    if (k > 0) lnMass += ln((rate * time) / k);
    beyond += exp(lnMass) * state.reduce((sum, mass) => sum + mass, 0);
    const next = new Float64Array(n + 1);
    for (let i = 0; i <= n; i++) {
      next[i]! += (state[i]! * (rate - load - i)) / rate;
      if (i < n) next[i + 1]! += (state[i]! * load) / rate;
      if (i > 0) next[i - 1]! += (state[i]! * i) / rate;
    }
    state = next;
  }
  return beyond;
}
