/**
 * Hot path: the runs of a plain program that are one call each, of one worker in one VM: most of what a platform
 * serves. The few numbers of a call are all there is to keep of its run; rows as `PlainRuns` gives them.
 */

import type { Clock } from "../des/simulator.ts";
import { stepStartUsd, storeUsd, vmUseUsd } from "../physics/billing.ts";
import { RunDraws, runsAreAlike } from "../physics/draws.ts";
import { LoneWorkers } from "../physics/lone-workers.ts";
import type { Program, ProgramGroup, ProgramStep } from "../physics/program.ts";
import { coldStartOf, dispatchOf, fixedHopMs } from "../physics/start.ts";
import type { RandomKey } from "../stats/random.ts";
import { Arriving } from "./arriving.ts";
import { grown } from "./blocks.ts";
import { isPlain } from "./plain-runs.ts";
import { FAILED, RUN_COLUMNS, RUN_PLACE, type RunSink, TIMED_OUT } from "./run-log.ts";
import type { Runs, RunsSetting } from "./runs.ts";
import { COLD, MB_PER_GB, REFUSED, type VmSupply } from "./vm-supply.ts";

const ARRIVE = 0;
const REQUEST = 1;
const DONE = 2;

/** Whole numbers of a call: its run and the words of its key, refusals so far, and how it ends. */
const RUN = 0;
const KEY_HIGH = 1;
const KEY_LOW = 2;
const REFUSALS = 3;
const ENDS_AS = 4;
const IS_COLD = 5;
const COUNTS = 8;

/** Numbers of a call: when it came, ms; where its time goes, ms; when its bill begins, ms; what it owes the store. */
const ARRIVED_MS = 0;
const HOP_MS = 1;
const QUEUE_MS = 2;
const COLD_MS = 3;
const INIT_MS = 4;
const BILLED_FROM_MS = 5;
const COMPUTE_MS = 6;
const FETCH_MS = 7;
const STORE_MS = 8;
const STORE_USD = 9;
const BYTES = 10;
const NUMBERS = 12;

// Places in a row as this module's own: numbers that are imported are read from memory each time.
const AT = { ...RUN_PLACE };

/** Whether every run of a program is one call. */
export function isOneCall(program: Program): boolean {
  const { steps, stages } = program;
  return isPlain(program) && steps.length === 1 && steps[0]!.lone && stages[0]!.workersMax === 1;
}

/** All that happens to the runs of one workflow of one call between the first arrival and the last release. */
export class CallRuns implements Runs {
  readonly #program: Program;
  readonly #step: ProgramStep;
  readonly #group: ProgramGroup;
  readonly #root: RandomKey;
  readonly #arriving: Arriving;
  readonly #sink: RunSink;
  readonly #clock: Clock;
  readonly #supply: VmSupply;
  readonly #lone: LoneWorkers;
  /** The luck of the call at hand. */
  readonly #draws: RunDraws;
  readonly #alike: boolean;
  readonly #row = new Float64Array(RUN_COLUMNS.length);
  readonly #workMs = new Float64Array(1);
  /** The hop into the step where it never varies, ms; else NaN. */
  readonly #fixedHopMs: number;
  /** What a run pays before it works, USD. */
  readonly #startUsd: number;
  // Calls by place: COUNTS whole numbers and NUMBERS others each.
  #counts = new Int32Array(64 * COUNTS);
  #numbers = new Float64Array(64 * NUMBERS);
  #calls = 0;
  readonly #free: number[] = [];

  constructor({ program, root, arrivals, runs, sink, clock, supply }: RunsSetting) {
    const { price } = program.platform;
    this.#program = program;
    this.#step = program.steps[0]!;
    this.#group = program.groups[this.#step.group]!;
    this.#root = root;
    this.#arriving = new Arriving(arrivals, runs, clock, ARRIVE);
    this.#sink = sink;
    this.#clock = clock;
    this.#supply = supply;
    this.#lone = new LoneWorkers(program);
    this.#draws = new RunDraws(program, false);
    this.#alike = runsAreAlike(program);
    this.#fixedHopMs = fixedHopMs(program, this.#step);
    this.#startUsd = price.usdPerTransition + stepStartUsd(price, 1);
    this.#row[AT.skew] = 1;
  }

  begin(): void {
    this.#arriving.begin();
  }

  handle(kind: number, call: number): void {
    if (kind === DONE) this.#done(call);
    else if (kind === REQUEST) {
      const at = call * COUNTS;
      this.#draw(this.#counts[at + KEY_HIGH]!, this.#counts[at + KEY_LOW]!);
      this.#request(call, this.#clock.nowMs);
    } else this.#arrive();
  }

  #arrive(): void {
    const clock = this.#clock;
    const nowMs = clock.nowMs;
    const run = this.#arriving.take();
    if (!this.#arriving.closed) this.#arriving.expect(nowMs);
    const call = this.#free.pop() ?? this.#add();
    const root = this.#root;
    root.block(run, 0);
    this.#draw(root.high, root.low);
    const counts = this.#counts;
    const at = call * COUNTS;
    counts[at + RUN] = run;
    counts[at + KEY_HIGH] = root.high;
    counts[at + KEY_LOW] = root.low;
    counts[at + REFUSALS] = 0;
    counts[at + ENDS_AS] = 0;
    const fixedMs = this.#fixedHopMs;
    const hopMs = Number.isNaN(fixedMs)
      ? dispatchOf(this.#program, this.#step, this.#draws, 1).hopMs
      : fixedMs;
    const numbers = this.#numbers;
    numbers[call * NUMBERS + ARRIVED_MS] = nowMs;
    numbers[call * NUMBERS + HOP_MS] = hopMs;
    const atMs = nowMs + hopMs;
    if (clock.advance(atMs)) this.#request(call, atMs);
    else clock.at(atMs, REQUEST, call);
  }

  #draw(keyHigh: number, keyLow: number): void {
    this.#draws.key.set(keyHigh, keyLow);
    if (!this.#alike) this.#draws.drawShared();
  }

  #add(): number {
    const call = this.#calls++;
    if (call * COUNTS === this.#counts.length) {
      this.#counts = grown(this.#counts, new Int32Array(2 * call * COUNTS));
      this.#numbers = grown(this.#numbers, new Float64Array(2 * call * NUMBERS));
    }
    return call;
  }

  // Asks for a VM for the call that the luck at hand is of.
  #request(call: number, nowMs: number): void {
    const counts = this.#counts;
    const numbers = this.#numbers;
    const own = call * COUNTS;
    const at = call * NUMBERS;
    const group = this.#group;
    const granted = this.#supply.grant(group.index, nowMs);
    if (granted === REFUSED) {
      const waitMs = this.#supply.retryMs(counts[own + REFUSALS]!);
      counts[own + REFUSALS]!++;
      if (waitMs === Number.POSITIVE_INFINITY) this.#fail(call);
      else this.#clock.at(nowMs + waitMs, REQUEST, call);
      return;
    }
    const hopMs = numbers[at + HOP_MS]!;
    let coldMs = 0;
    let initMs = 0;
    let billedFromMs = nowMs;
    if (granted === COLD) {
      const start = coldStartOf(this.#program, group, this.#draws, 0);
      coldMs = start.coldMs;
      initMs = start.initMs;
      billedFromMs = nowMs + start.unbilledMs;
    }
    counts[own + IS_COLD] = granted === COLD ? 1 : 0;
    numbers[at + QUEUE_MS] = nowMs - numbers[at + ARRIVED_MS]! - hopMs;
    numbers[at + COLD_MS] = coldMs;
    numbers[at + INIT_MS] = initMs;
    numbers[at + BILLED_FROM_MS] = billedFromMs;
    const readyMs = nowMs + coldMs + initMs;
    let endMs = readyMs + this.#work(at);
    const { runMsMax } = this.#program.platform;
    if (endMs - billedFromMs > runMsMax) {
      counts[own + ENDS_AS] = TIMED_OUT;
      endMs = Math.max(readyMs, billedFromMs + runMsMax);
    }
    this.#clock.at(endMs, DONE, call);
  }

  // How long the call works, ms; notes of what, and what it owes the store.
  #work(at: number): number {
    const numbers = this.#numbers;
    const lone = this.#lone;
    const oneMs = lone.oneMs(this.#step, this.#draws);
    if (!Number.isNaN(oneMs)) {
      numbers[at + COMPUTE_MS] = oneMs;
      return oneMs;
    }
    lone.solve(this.#step, this.#draws, 0, 1, this.#workMs);
    const totalMs = this.#workMs[0]!;
    const { bytes, reads, writes } = lone;
    numbers[at + FETCH_MS] = bytes !== 0 && reads ? lone.fetchMs[0]! : 0;
    numbers[at + COMPUTE_MS] = bytes === 0 ? totalMs : lone.computeMs[0]!;
    numbers[at + STORE_MS] = bytes !== 0 && writes ? lone.storeMs[0]! : 0;
    numbers[at + STORE_USD] = bytes === 0 ? 0 : storeUsd(this.#program.platform.price, lone);
    numbers[at + BYTES] = bytes;
    return totalMs;
  }

  #done(call: number): void {
    const counts = this.#counts;
    const numbers = this.#numbers;
    const nowMs = this.#clock.nowMs;
    const group = this.#group;
    const own = call * COUNTS;
    const at = call * NUMBERS;
    const status = counts[own + ENDS_AS]!;
    this.#draws.key.set(counts[own + KEY_HIGH]!, counts[own + KEY_LOW]!);
    this.#supply.giveBack(group, this.#draws.key, 0, nowMs, status === TIMED_OUT);
    const { memoryMb } = group;
    const activeMs = Math.max(0, nowMs - numbers[at + BILLED_FROM_MS]!);
    const { price } = this.#program.platform;
    const arriveMs = numbers[at + ARRIVED_MS]!;
    const row = this.#row;
    row[AT.run] = counts[own + RUN]!;
    row[AT.arriveMs] = arriveMs;
    row[AT.finishMs] = nowMs;
    row[AT.latencyMs] = nowMs - arriveMs;
    row[AT.costUsd] =
      this.#startUsd + numbers[at + STORE_USD]! + vmUseUsd(price, memoryMb, activeMs);
    row[AT.coldStarts] = counts[own + IS_COLD]!;
    row[AT.vmUses] = 1;
    row[AT.gbS] = ((memoryMb / MB_PER_GB) * activeMs) / 1000;
    row[AT.bytesRemote] = numbers[at + BYTES]!;
    row[AT.hopMs] = numbers[at + HOP_MS]!;
    row[AT.queueMs] = numbers[at + QUEUE_MS]!;
    row[AT.coldMs] = numbers[at + COLD_MS]!;
    row[AT.initMs] = numbers[at + INIT_MS]!;
    row[AT.fetchMs] = numbers[at + FETCH_MS]!;
    row[AT.computeMs] = numbers[at + COMPUTE_MS]!;
    row[AT.storeMs] = numbers[at + STORE_MS]!;
    this.#end(call, status);
  }

  // Ends a call that was never granted a VM.
  #fail(call: number): void {
    const row = this.#row;
    const nowMs = this.#clock.nowMs;
    const arriveMs = this.#numbers[call * NUMBERS + ARRIVED_MS]!;
    row.fill(0);
    row[AT.run] = this.#counts[call * COUNTS + RUN]!;
    row[AT.arriveMs] = arriveMs;
    row[AT.finishMs] = nowMs;
    row[AT.latencyMs] = nowMs - arriveMs;
    row[AT.costUsd] = this.#startUsd;
    row[AT.skew] = 1;
    this.#end(call, FAILED);
  }

  #end(call: number, status: number): void {
    this.#sink(this.#row, status);
    this.#free.push(call);
    if (this.#arriving.closed) this.#arriving.expect(this.#clock.nowMs);
  }
}
