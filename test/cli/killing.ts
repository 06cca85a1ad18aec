/** Kills real runs at chosen moments, lets them go on, and compares what they leave with an undisturbed run. */

import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { RandomKey } from "../../src/stats/random.ts";
import { ended, type Outcome, run, start } from "./run.ts";

/** A comparison of a few cells, each a fraction of a second. */
export const SMALL = [
  "compare",
  resolve("traces/samples/thumbnails.yaml"),
  "--slo",
  "20s,30s",
  "--runs",
  "60",
  "--policies",
  "unfused,photons,orion",
  "--jobs",
  "2",
  "--quiet",
];

/** Contents of every file below a folder, by path; without the one that holds times of day. */
export function contentsOf(folder: string): ReadonlyMap<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).toSorted();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(
    files
      .filter((name) => name !== "timings.json")
      .map((name) => [name, readFileSync(join(folder, name)).toString("base64")]),
  );
}

/** What came of a run that was killed several times. */
export interface Killed {
  readonly kills: number;
  readonly last: Outcome;
}

/**
 * Runs the small comparison into `out`, killing it `kills` times at random moments within `spanMs` and going on
 * each time, then lets it end.
 */
export async function killedRun(
  cwd: string,
  out: string,
  {
    kills,
    spanMs,
    luck,
  }: { readonly kills: number; readonly spanMs: number; readonly luck: number },
): Promise<Killed> {
  const key = new RandomKey(luck, 1);
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    const child = start([...SMALL, "--out", out, ...resumeIn(join(cwd, out))], cwd);
    const end = ended(child);
    const timer = setTimeout(() => child.kill("SIGKILL"), key.uniform(i, 0) * spanMs);
    await once(child, "exit");
    clearTimeout(timer);
    const { code } = await end;
    if (code === null) killed++;
  }
  const last = await run([...SMALL, "--out", out, ...resumeIn(join(cwd, out))], cwd);
  return { kills: killed, last };
}

// A run that was killed before it kept anything has nothing to go on with.
function resumeIn(folder: string): readonly string[] {
  try {
    statSync(join(folder, ".partial", "fingerprint"));
    return ["--resume"];
  } catch {
    return [];
  }
}
