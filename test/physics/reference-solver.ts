/** One VM solved the plain way, by looking at every job at every event: what `VmSolver` must agree with. */

import { speedAt, yieldAt } from "../../src/physics/compute.ts";
import * as vm from "../../src/physics/vm.ts";

/** What one job asks of its VM. */
export interface GivenJob {
  readonly stage: number;
  /** By phase, in the units of `VmSolver.demand`. */
  readonly demand: readonly number[];
  readonly fetchCap: number;
  readonly storeCap: number;
}

/** What became of one job. */
export interface SolvedJob {
  readonly given: GivenJob;
  /** Its place among the jobs of its stage. */
  readonly place: number;
  readonly spent: number[];
  startMs: number;
  finishMs: number;
  trigger: number;
  phase: number;
  remaining: number;
  sinceMs: number;
}

/** Ends that lie closer together than this are one instant, ms. */
const INSTANT_MS = 1e-9;

/** Jobs, given stage by stage, with their times; and the job that ended last. O(jobs^2). */
export function solvePlainly(
  setting: vm.VmSetting,
  given: readonly GivenJob[],
): { jobs: readonly SolvedJob[]; lastJob: number } {
  const jobs = given.map((one, j): SolvedJob => {
    const place = j - given.findIndex((other) => other.stage === one.stage);
    const spent = Array.from({ length: vm.PHASES }, () => 0);
    const times = { startMs: -1, finishMs: -1, sinceMs: 0 };
    return { given: one, place, spent, trigger: -1, phase: -1, remaining: 0, ...times };
  });
  const ready: SolvedJob[][] = setting.laws.map(() => []);
  const queued = new Set<SolvedJob>();
  let active: SolvedJob[] = [];
  let nowMs = 0;
  let lastJob = 0;

  const ended = (job: SolvedJob) => job.finishMs >= 0;
  const mayStart = (job: SolvedJob) =>
    setting.inner
      .filter((edge) => edge.to === job.given.stage)
      .every((edge) =>
        jobs
          .filter((other) => other.given.stage === edge.from)
          .filter((other) => !edge.pairwise || other.place === job.place)
          .every(ended),
      );

  function nextPhase(job: SolvedJob): boolean {
    do job.phase++;
    while (job.phase < vm.PHASES && job.given.demand[job.phase] === 0);
    job.remaining = job.given.demand[job.phase] ?? 0;
    job.sinceMs = nowMs;
    return job.phase < vm.PHASES;
  }

  function end(job: SolvedJob): void {
    job.finishMs = nowMs;
    lastJob = jobs.indexOf(job);
    active = active.filter((other) => other !== job);
    fillSlots(lastJob);
  }

  // One job at a time, since a job with nothing to do ends at once and may make others ready.
  function fillSlots(cause: number): void {
    for (const job of jobs)
      if (!queued.has(job) && mayStart(job)) {
        queued.add(job);
        ready[job.given.stage]!.push(job);
      }
    const job = ready.findLast((queue) => queue.length > 0)?.[0];
    if (job === undefined || active.length >= setting.concurrency) return;
    ready[job.given.stage]!.shift();
    job.startMs = nowMs;
    job.trigger = cause;
    if (nextPhase(job)) active.push(job);
    else {
      job.finishMs = nowMs;
      lastJob = jobs.indexOf(job);
    }
    fillSlots(cause);
  }

  fillSlots(-1);
  while (active.length > 0) {
    const rates = ratesOf(setting, active);
    const stepMs = Math.min(...active.map((job, a) => job.remaining / rates[a]!));
    nowMs += stepMs;
    const through = active.filter((job, a) => {
      job.remaining -= rates[a]! * stepMs;
      return job.remaining <= INSTANT_MS * rates[a]!;
    });
    for (const job of through) job.spent[job.phase] = nowMs - job.sinceMs;
    const over = through.filter((job) => !nextPhase(job));
    for (const job of over.sort((a, b) => jobs.indexOf(a) - jobs.indexOf(b))) end(job);
  }
  return { jobs, lastJob };
}

function ratesOf(setting: vm.VmSetting, active: readonly SolvedJob[]): number[] {
  const rates = active.map(() => 1);
  const among = (...phases: readonly number[]) =>
    [...active.keys()].filter((a) => phases.includes(active[a]!.phase));

  const computing = among(vm.INIT, vm.COMPUTE);
  const lawOf = (a: number) => setting.laws[active[a]!.given.stage]!;
  const starts = (a: number) => active[a]!.phase === vm.INIT;
  const shares = maxMin(
    setting.vcpus,
    computing.map((a) => (starts(a) ? 1 : lawOf(a).maxVcpus)),
  );
  const usedVcpus = shares.reduce((sum, share) => sum + share, 0);
  computing.forEach((a, i) => {
    const law = lawOf(a);
    rates[a] = starts(a)
      ? shares[i]!
      : speedAt(law, shares[i]!) * yieldAt(law.parallelYield, usedVcpus);
  });

  const transferring = among(vm.FETCH, vm.STORE);
  const capOf = ({ phase, given }: SolvedJob) =>
    phase === vm.FETCH ? given.fetchCap : given.storeCap;
  const nic = maxMin(
    setting.nicBytesPerMs,
    transferring.map((a) => capOf(active[a]!)),
  );
  transferring.forEach((a, i) => {
    rates[a] = nic[i]!;
  });
  return rates;
}

// From the smallest cap up: what one cannot use is left to the others.
function maxMin(capacity: number, caps: readonly number[]): number[] {
  const shares = caps.map(() => 0);
  let left = capacity;
  let open = caps.length;
  for (const i of [...caps.keys()].sort((a, b) => caps[a]! - caps[b]!)) {
    shares[i] = Math.min(caps[i]!, left / open);
    left -= shares[i]!;
    open--;
  }
  return shares;
}
