/**
 * `npm run bench [-- name..] [--quick] [--peers]`: speed and peak memory through the public API. A name is a
 * case's or the beginning of one. Imports have a bench of their own, `npm run bench:imports`.
 */

import { type BenchCase, inProcess, type Measured, measured } from "./case.ts";
import { growthCases } from "./growth-cases.ts";
import { peersCases } from "./peers-cases.ts";
import { peersText } from "./peers.ts";
import { policyCases } from "./policy-cases.ts";
import { tableText } from "./table.ts";

const ROUNDS = 5;
const ROUNDS_QUICK = 1;

// The planners' bench has its own cases: they join here.
const cases: readonly BenchCase[] = [...peersCases, ...policyCases, ...growthCases];

function report(names: readonly string[], rounds: number, quick: boolean): string {
  const chosen = cases.filter(
    (one) =>
      (names.length === 0 || names.some((name) => one.name.startsWith(name))) &&
      !(quick && one.long === true),
  );
  if (chosen.length === 0)
    return `no such case; there are: ${cases.map(({ name }) => name).join(", ")}`;
  const all = chosen.map((one) => ({ one, rounds: [] as Measured[] }));
  for (let round = 0; round < rounds; round++)
    for (const { one, rounds: own } of all) own.push(inProcess(one.name));
  return `medians of ${rounds} interleaved rounds, one thread\n\n${tableText(all)}`;
}

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("--"));
const names = args.filter((arg) => !arg.startsWith("--"));
const quick = flags.includes("--quick");
const rounds = quick ? ROUNDS_QUICK : ROUNDS;
if (flags.includes("--child")) {
  const one = cases.find(({ name }) => name === names[0]);
  if (one === undefined) throw new Error(`no such case: ${names[0]}`);
  console.log(JSON.stringify(measured(one)));
} else console.log(flags.includes("--peers") ? peersText(rounds) : report(names, rounds, quick));
