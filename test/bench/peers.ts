/** Peers that this machine has, on the same workloads in the same rounds; who is absent is named. */

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inProcess, type Measured, median } from "./case.ts";
import { shown, type Style, tableOf, titled } from "./table.ts";

/** A peer that is ready to run, or why it is not. */
interface Peer {
  readonly name: string;
  readonly command: readonly string[] | null;
  /** Most units of each workload it has a driver for: where more take too long, its rate is that of fewer. */
  readonly most: Readonly<Partial<Record<Workload, number>>>;
}

type Workload = "forkjoin" | "keepalive";

/** Workloads that peers run: our cases, and the arguments of the drivers. A size is workflows or calls. */
const WORKLOADS: readonly {
  readonly title: string;
  readonly workload: Workload;
  readonly size: number;
  readonly cases: readonly string[];
  readonly args: readonly string[];
}[] = [
  {
    title: "fork-join, 10,000 workflows, events",
    workload: "forkjoin",
    size: 10_000,
    cases: ["fork-join-ideal-10000", "fork-join-aws-10000"],
    args: [],
  },
  {
    title: "fork-join, 100,000 workflows, events",
    workload: "forkjoin",
    size: 100_000,
    cases: ["fork-join-ideal-100000", "fork-join-aws-100000"],
    args: [],
  },
  {
    title: "keep-alive, 1,000,000 calls at 0.9/s",
    workload: "keepalive",
    size: 1_000_000,
    cases: ["keep-alive-0.9"],
    args: ["0.9"],
  },
];

/** What a driver prints; times of workflows or calls in s. */
interface Theirs {
  readonly units: number;
  readonly seconds: number;
  readonly mean: number;
  readonly p95: number;
  readonly peakMib: number;
}

/** Measures ours and theirs in turn: rates per s of wall time, and how many times theirs ours are. */
export function peersText(rounds: number, style: Style): string {
  const peers = installed();
  const parts = WORKLOADS.map((one) => {
    const able = peers.filter(({ command, most }) => command && one.workload in most);
    const ours = one.cases.map((): Measured[] => []);
    const theirs = able.map((): Theirs[] => []);
    const sizes = able.map(({ most }) => Math.min(one.size, most[one.workload]!));
    for (let round = 0; round < rounds; round++) {
      for (const [i, name] of one.cases.entries()) ours[i]!.push(inProcess(name));
      for (const [i, { command }] of able.entries())
        theirs[i]!.push(ran([...command!, one.workload, `${sizes[i]!}`, ...one.args]));
    }
    const rates = ours.map(rateOf);
    const rows = [
      ...one.cases.map((name, i) => [name, shown(rates[i]!), peakOf(ours[i]!), ""]),
      ...able.map(({ name }, i) => {
        const over = rates.map((rate) => (rate / rateOf(theirs[i]!)).toFixed(2)).join(", ");
        return [name, shown(rateOf(theirs[i]!)), peakOf(theirs[i]!), over];
      }),
    ];
    const notes = [
      ...ours.map((all) => all[0]!.note.split(", ").slice(0, 2).join(", ")),
      ...theirs.map(([first], i) => noteOf(first!, sizes[i]!, one.size)),
    ];
    const head = ["", "per s", "peak MiB", "ours over"];
    return titled(`peers: ${one.title}`, tableOf(head, rows, notes, style), style);
  });
  const absent = peers.filter(({ command }) => command === null).map(({ name }) => name);
  if (absent.length > 0) parts.push(`peers not installed: ${absent.join(", ")}\n`);
  return parts.join("\n");
}

function rateOf(all: readonly { readonly units: number; readonly seconds: number }[]): number {
  return median(all.map(({ units, seconds }) => units / seconds));
}

function peakOf(all: readonly { readonly peakMib: number }[]): string {
  return median(all.map(({ peakMib }) => peakMib)).toFixed(0);
}

// That a peer did the same work shows in its times.
function noteOf({ mean, p95 }: Theirs, size: number, asked: number): string {
  const times = `mean ${mean.toFixed(3)} s, P95 ${p95.toFixed(2)} s`;
  return size === asked ? times : `${times}, of ${size.toLocaleString("en")}`;
}

function ran([program, ...args]: readonly string[]): Theirs {
  return JSON.parse(execFileSync(program!, args, { encoding: "utf8" })) as Theirs;
}

function installed(): readonly Peer[] {
  const folder = mkdtempSync(join(tmpdir(), "wisefuse-peers-"));
  const python = ["python3", "/usr/bin/python3"].find((one) =>
    succeeds(one, ["-c", "import simpy"]),
  );
  return [
    {
      name: "C++ loop, std::priority_queue",
      command: compiled(folder, "loop.cpp", []),
      most: { forkjoin: Number.POSITIVE_INFINITY, keepalive: Number.POSITIVE_INFINITY },
    },
    {
      name: "SimPy",
      command: python === undefined ? null : [python, source("simpy_loop.py")],
      most: { forkjoin: 20_000, keepalive: 200_000 },
    },
    {
      name: "SimGrid",
      command: compiled(folder, "simgrid_loop.cpp", ["-lsimgrid"]),
      most: { forkjoin: 10_000 },
    },
  ];
}

function source(name: string): string {
  return fileURLToPath(new URL(`../../../test/bench/peers/${name}`, import.meta.url));
}

function compiled(folder: string, name: string, libraries: readonly string[]): string[] | null {
  const program = join(folder, name.replace(".cpp", ""));
  const options = ["-O3", "-march=native", "-std=c++20", "-o", program, source(name)];
  return succeeds("g++", [...options, ...libraries]) ? [program] : null;
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
