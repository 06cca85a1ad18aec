/** Direct passing: receivers pull from the producer's VM, whose NIC they share. Couples VMs, so it needs the clock. */

import { SharedResource } from "../des/shared-resource.ts";
import type { Clock } from "../des/simulator.ts";
import { vmCount, workerAt } from "../physics/fill.ts";
import type { Program, ProgramEdge, ProgramStep } from "../physics/program.ts";
import type { LiveRun } from "./live.ts";
import type { LiveVm } from "./live-vm.ts";
import { VM_COUNT } from "./run-notes.ts";

/** What one VM pulls over one edge from one producer VM. */
interface Pull {
  readonly producerPlace: number;
  readonly bytes: number;
}

/** The pulls of VM `place` of the reading step over `edge`, by producer VM. */
function pullsOf(
  program: Program,
  edge: ProgramEdge,
  step: ProgramStep,
  place: number,
  run: LiveRun,
): readonly Pull[] {
  const total = run.draws.bytes[edge.index]!;
  if (total === 0) return [];
  const from = program.steps[program.stages[edge.from]!.step]!;
  const producers = run.notes.stepCounts[run.countsOf(from.index) + VM_COUNT]!;
  const receivers = run.draws.workers[edge.to]!;
  const [first, last] = workersOfVm(program, step, place, receivers);
  const readers = last - first;
  if (edge.shape === "pairwise")
    return pairwisePulls(program, from, step, first, last, total / receivers);
  const threads = program.groups[step.group]!.threads;
  const wanted =
    edge.shape === "broadcast" ? total * (threads ? 1 : readers) : (total * readers) / receivers;
  const outputs = run.draws.workers[edge.from]!;
  return Array.from({ length: producers }, (_, producerPlace) => {
    const [low, high] = workersOfVm(program, from, producerPlace, outputs);
    return { producerPlace, bytes: (wanted * (high - low)) / outputs };
  });
}

/** The pulls of VM `place` of a step from the VMs of its predecessors, by id. */
function pullsFrom(
  program: Program,
  step: ProgramStep,
  place: number,
  run: LiveRun,
): readonly { readonly bytes: number; readonly producer: number }[] {
  return step.directIn.flatMap((edge) => {
    const from = program.stages[edge.from]!.step;
    return pullsOf(program, edge, step, place, run)
      .filter((pull) => pull.bytes > 0)
      .map((pull) => ({ bytes: pull.bytes, producer: run.vmAt(from, pull.producerPlace) }));
  });
}

/** How many pulls VM `place` of a producing step must outlive. */
export function pullsToOutlive(
  program: Program,
  step: ProgramStep,
  place: number,
  run: LiveRun,
): number {
  let expected = 0;
  for (const edge of step.directOut) {
    const to = program.steps[program.stages[edge.to]!.step]!;
    expected += pullsExpected(program, edge, place, run, vmCount(program, to, run.draws));
  }
  return expected;
}

function pullsExpected(
  program: Program,
  edge: ProgramEdge,
  place: number,
  run: LiveRun,
  readers: number,
): number {
  const to = program.steps[program.stages[edge.to]!.step]!;
  let expected = 0;
  for (let reader = 0; reader < readers; reader++)
    for (const pull of pullsOf(program, edge, to, reader, run))
      if (pull.producerPlace === place && pull.bytes > 0) expected++;
  return expected;
}

function pairwisePulls(
  program: Program,
  from: ProgramStep,
  to: ProgramStep,
  first: number,
  last: number,
  bytesEach: number,
): readonly Pull[] {
  const bytesAt = new Map<number, number>();
  const { bundle } = program.groups[from.group]!;
  for (let i = first; i < last; i++) {
    const worker = workerAt(to, i);
    const position = from.order === null ? worker : from.order.indexOf(worker);
    const place = from.whole ? 0 : Math.floor(position / bundle);
    bytesAt.set(place, (bytesAt.get(place) ?? 0) + bytesEach);
  }
  return [...bytesAt].map(([producerPlace, bytes]) => ({ producerPlace, bytes }));
}

function workersOfVm(
  program: Program,
  step: ProgramStep,
  place: number,
  workers: number,
): readonly [number, number] {
  const { bundle } = program.groups[step.group]!;
  if (step.whole || bundle >= workers) return [0, workers];
  return [place * bundle, Math.min(workers, (place + 1) * bundle)];
}

/** The NICs of producer VMs that are being pulled from, by VM id. */
export class ProducerNics {
  readonly #nics = new Map<number, SharedResource>();

  /**
   * Starts all pulls of the VM numbered `reader`, has the clock tell with an event of `kind` when its producers'
   * next pulls end, and returns how many there are.
   */
  startAll(
    program: Program,
    live: LiveRun,
    vms: readonly LiveVm[],
    reader: number,
    clock: Clock,
    kind: number,
  ): number {
    const vm = vms[reader]!;
    const { nowMs } = clock;
    const pulls = pullsFrom(program, program.steps[vm.step]!, vm.place, live);
    vm.pullsToCome = pulls.length;
    const { direct } = program.platform;
    const cap = Math.min(
      program.groups[vm.group]!.nicBytesPerMs / pulls.length,
      direct.connectionBytesPerMs,
    );
    for (const { producer, bytes } of pulls) {
      live.bytesRemote += bytes;
      const nic = program.groups[vms[producer]!.group]!.nicBytesPerMs;
      const nextMs = this.#start(nowMs, producer, nic, reader, bytes, cap);
      clock.at(Math.max(nowMs, nextMs), kind, producer);
    }
    return pulls.length;
  }

  // When the producer's next pull ends once one more has started, ms.
  #start(
    nowMs: number,
    producer: number,
    nicBytesPerMs: number,
    reader: number,
    bytes: number,
    cap: number,
  ): number {
    let nic = this.#nics.get(producer);
    if (nic === undefined) {
      nic = new SharedResource(nicBytesPerMs);
      this.#nics.set(producer, nic);
    }
    nic.add(nowMs, reader, bytes, cap);
    return nic.nextEndMs();
  }

  /** Readers whose pull from `producer` has ended; and when the next one ends, ms. */
  end(
    nowMs: number,
    producer: number,
  ): { readonly readers: readonly number[]; readonly nextMs: number } {
    const nic = this.#nics.get(producer);
    if (nic === undefined) return { readers: [], nextMs: Number.POSITIVE_INFINITY };
    const readers = nic.takeEnded(nowMs);
    if (nic.size === 0) this.#nics.delete(producer);
    return { readers, nextMs: nic.nextEndMs() };
  }
}
