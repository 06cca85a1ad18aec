import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import { lockFolder } from "../../src/cli/lock.ts";
import { contentsOf, killedRun, SMALL } from "./killing.ts";
import { emptyFolder, run } from "./run.ts";

function refusal(folder: string): string {
  try {
    lockFolder(folder);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal");
}

test("a folder is held by one run at a time", () => {
  const folder = join(emptyFolder(), "results");
  lockFolder(folder);
  expect(readdirSync(folder)).toEqual([".lock"]);
  expect(refusal(folder)).toBe(
    `another run is using ${folder}: process ${process.pid} on ${hostname()}`,
  );
});

test("the lock of a process that is no more is taken over, and what it was writing removed", () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "plans"));
  writeFileSync(join(folder, "cells.csv"), "whole");
  writeFileSync(join(folder, "cells.csv.0123abcd.part"), "half");
  writeFileSync(join(folder, "plans", "x.json.0123abcd.part"), "half");
  // The number of this process, given to it after another that had it: started at another time.
  const before = { host: hostname(), pid: process.pid, started: "1" };
  writeFileSync(join(folder, ".lock"), JSON.stringify(before));
  lockFolder(folder);
  expect((readdirSync(folder, { recursive: true }) as string[]).toSorted()).toEqual([
    ".lock",
    "cells.csv",
    "plans",
  ]);
});

test("a half-written lock is taken over, one of another machine is not", () => {
  const [torn, foreign] = [emptyFolder(), emptyFolder()];
  writeFileSync(join(torn, ".lock"), '{"host":');
  lockFolder(torn);
  writeFileSync(
    join(foreign, ".lock"),
    JSON.stringify({ host: "elsewhere", pid: 1, started: "1" }),
  );
  expect(refusal(foreign)).toMatch(
    /process 1 on elsewhere; if it is no more, remove \.lock there$/,
  );
});

test("where nothing can be written, that is said before anything is run", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "file"), "");
  const { code, stderr } = await run([...SMALL, "--out", "file/inner"], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^.*file\/inner: cannot write: a part of the path is no folder\n$/);
}, 60_000);

// A hundred kills are among the tests of the whole program.
test("a run that is killed and goes on leaves the bytes of one that was not", async () => {
  const folder = emptyFolder();
  const [whole, { last }] = await Promise.all([
    run([...SMALL, "--out", "whole"], folder),
    killedRun(folder, "killed", { kills: 1, spanMs: 1500, luck: 1 }),
  ]);
  expect([whole.code, last.code]).toEqual([0, 0]);
  expect(existsSync(join(folder, "killed", ".lock"))).toBe(false);
  expect(contentsOf(join(folder, "killed"))).toEqual(contentsOf(join(folder, "whole")));
}, 120_000);
