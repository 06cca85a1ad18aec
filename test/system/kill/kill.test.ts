import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { contentsOf, killedRun, SMALL } from "../../cli/killing.ts";
import { emptyFolder, run } from "../../cli/run.ts";
import { measured } from "../../trust/figures.ts";

const KILLS = 100;
const KILLS_PER_RUN = 5;

test("a hundred kills at random moments change no byte", async () => {
  const folder = emptyFolder();
  const beganMs = performance.now();
  expect((await run([...SMALL, "--out", "whole"], folder)).code).toBe(0);
  const spanMs = performance.now() - beganMs;
  const whole = contentsOf(join(folder, "whole"));
  let kills = 0;
  let filesCompared = 0;
  for (let luck = 0; kills < KILLS; luck++) {
    const out = `out-${luck}`;
    const { kills: more, last } = await killedRun(folder, out, {
      kills: KILLS_PER_RUN,
      spanMs,
      luck,
    });
    kills += more;
    expect(last.code).toBe(0);
    expect(contentsOf(join(folder, out))).toEqual(whole);
    filesCompared += whole.size;
  }
  measured({ kills, filesCompared });
  process.stdout.write(`${kills} kills\n`);
}, 2_400_000);

test("a disk of 300 kB fills up; with room again the run goes on to the same bytes", async () => {
  const folder = emptyFolder();
  expect((await run([...SMALL, "--out", "whole"], folder)).code).toBe(0);
  const disk = join(folder, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]);
  try {
    const full = await run([...SMALL, "--out", "disk/out"], folder);
    expect(full.code).toBe(2);
    expect(full.stderr).toMatch(/cannot write: no space left on the device/);
    execFileSync("mount", ["-o", "remount,size=30m", disk]);
    const { code } = await run([...SMALL, "--out", "disk/out", "--resume"], folder);
    expect(code).toBe(0);
    expect(contentsOf(join(disk, "out"))).toEqual(contentsOf(join(folder, "whole")));
    execFileSync("mount", ["-o", "remount,ro", disk]);
    const readOnly = await run([...SMALL, "--out", "disk/out"], folder);
    expect(readOnly.code).toBe(2);
    expect(readOnly.stderr).toMatch(/cannot write: read-only file system/);
  } finally {
    execFileSync("umount", [disk]);
  }
});
