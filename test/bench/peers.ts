/** Peers that this machine has, on the same workloads in the same rounds; who is absent is named. */

import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inProcess, type Measured, median } from "./case.ts";
import { shown } from "./table.ts";

/** A peer that is ready to run, or why it is not. */
interface Peer {
  readonly name: string;
  readonly command: readonly string[] | null;
  /** Workloads it has a driver for. */
  readonly workloads: readonly string[];
}

/** Workloads that peers run: our case, and the arguments of the drivers. */
const WORKLOADS = [
  { name: "forkjoin", cases: ["fork-join-ideal-10000", "fork-join-aws-10000"], args: ["10000"] },
  { name: "keepalive", cases: ["keep-alive-0.9"], args: ["100000", "0.9"] },
] as const;

/** Measures ours and theirs in turn and returns the ratios as text. */
export function peersText(rounds: number): string {
  const peers = installed();
  const lines = [`peers, medians of ${rounds} interleaved rounds; ratio: ours over theirs`, ""];
  for (const { name, cases, args } of WORKLOADS) {
    const able = peers.filter(({ command, workloads }) => command && workloads.includes(name));
    const ours = cases.map((): Measured[] => []);
    const theirs = able.map((): Theirs[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, one] of cases.entries()) ours[i]!.push(inProcess(one));
      for (const [i, { command }] of able.entries())
        theirs[i]!.push(ran([...command!, name, ...args]));
    }
    const rates = ours.map((all) => median(all.map(({ units, seconds }) => units / seconds)));
    lines.push(name, `${"".padEnd(30)}${"per s".padStart(10)}${"MiB".padStart(7)}  ratio`);
    cases.forEach((one, i) => {
      const peak = median(ours[i]!.map(({ peakMib }) => peakMib));
      lines.push(`${one.padEnd(30)}${shown(rates[i]!).padStart(10)}${peak.toFixed(0).padStart(7)}`);
    });
    able.forEach((peer, i) => {
      const rate = median(theirs[i]!.map(({ units, seconds }) => units / seconds));
      const peak = median(theirs[i]!.map(({ peakMib }) => peakMib));
      const ratios = rates.map((own) => (own / rate).toFixed(2)).join(", ");
      lines.push(
        `${peer.name.padEnd(30)}${shown(rate).padStart(10)}${peak.toFixed(0).padStart(7)}  ${ratios}`,
      );
    });
    lines.push("");
  }
  const absent = peers.filter(({ command }) => command === null).map(({ name }) => name);
  if (absent.length > 0) lines.push(`not installed: ${absent.join(", ")}`);
  return lines.join("\n");
}

/** What a driver prints. */
interface Theirs {
  readonly units: number;
  readonly seconds: number;
  readonly peakMib: number;
}

function ran([program, ...args]: readonly string[]): Theirs {
  return JSON.parse(execFileSync(program!, args, { encoding: "utf8" })) as Theirs;
}

function installed(): readonly Peer[] {
  const folder = mkdtempSync(join(tmpdir(), "wisefuse-peers-"));
  const simpy = ["python3", source("simpy_loop.py")];
  return [
    {
      name: "C++ loop, std::priority_queue",
      command: compiled(folder, "loop.cpp", []),
      workloads: ["forkjoin", "keepalive"],
    },
    {
      name: "SimPy",
      command: succeeds("python3", ["-c", "import simpy"]) ? simpy : null,
      workloads: ["forkjoin", "keepalive"],
    },
    {
      name: "SimGrid",
      command: compiled(folder, "simgrid_loop.cpp", ["-lsimgrid"]),
      workloads: ["forkjoin"],
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
