/**
 * `npm run bench [-- name..] [--quick] [--peers] [--markdown]`: speed and peak memory through the public API, all cases
 * and then the peers, in three rounds. A name is a case's or the beginning of one; `--peers` runs the peers alone,
 * `--quick` one round without the longest; `planner` and `imports` are benches with tables of their own.
 */

import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { type BenchCase, inProcess, type Measured, measured } from "./case.ts";
import { growthCases } from "./growth-cases.ts";
import { peersCases } from "./peers-cases.ts";
import { peersText } from "./peers.ts";
import { policyCases } from "./policy-cases.ts";
import { type Style, tablesByFamily } from "./table.ts";

const ROUNDS = 3;
const ROUNDS_QUICK = 1;

const cases: readonly BenchCase[] = [...peersCases, ...policyCases, ...growthCases];

/** Benches that are programs of their own, run by name only. */
const PROGRAMS = ["planner", "imports"] as const;

function report(names: readonly string[], rounds: number, quick: boolean, style: Style): string {
  const chosen = cases.filter(
    (one) =>
      (names.length === 0 || names.some((name) => one.name.startsWith(name))) &&
      !(quick && one.long === true),
  );
  const programs = PROGRAMS.filter((name) => names.includes(name));
  if (chosen.length === 0 && programs.length === 0)
    return `no such case; there are: ${[...cases.map(({ name }) => name), ...PROGRAMS].join(", ")}`;
  const all = chosen.map((one) => ({ one, rounds: [] as Measured[] }));
  for (let round = 0; round < rounds; round++)
    for (const { one, rounds: own } of all)
      if (round === 0 || one.long !== true) own.push(inProcess(one.name));
  return [
    `medians of ${rounds} interleaved rounds (one of the longest), one thread; ${machine()}\n`,
    tablesByFamily(all, style),
    ...(names.length === 0 ? [peersText(rounds, style)] : []),
    ...programs.map((name) => programText(name, rounds)),
  ].join("\n");
}

// What measured, and how busy others keep it.
function machine(): string {
  const processors = cpus();
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(" ");
  return `${processors.length} x ${processors[0]?.model}, Node ${process.versions.node}, load before ${load}`;
}

function programText(name: (typeof PROGRAMS)[number], rounds: number): string {
  const program = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  // The importers are measured once each, and take the number of one of them instead.
  const args = name === "planner" ? [`${rounds}`] : [];
  const text = execFileSync(process.execPath, [program, ...args], { encoding: "utf8" });
  return `${name}\n${text}`;
}

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("--"));
const names = args.filter((arg) => !arg.startsWith("--"));
const quick = flags.includes("--quick");
const style = flags.includes("--markdown") ? "markdown" : "text";
const rounds = quick ? ROUNDS_QUICK : ROUNDS;
if (flags.includes("--child")) {
  const one = cases.find(({ name }) => name === names[0]);
  if (one === undefined) throw new Error(`no such case: ${names[0]}`);
  console.log(JSON.stringify(measured(one)));
} else
  console.log(
    flags.includes("--peers") ? peersText(rounds, style) : report(names, rounds, quick, style),
  );
