import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { contentsOf, killedRun, SMALL } from "../../cli/killing.ts";
import { emptyFolder, ended, piped, run, start } from "../../cli/run.ts";

const folder = emptyFolder();
let whole: ReadonlyMap<string, string>;

beforeAll(async () => {
  const { code, stderr } = await run([...SMALL, "--out", "whole"], folder);
  expect([code, stderr]).toEqual([0, ""]);
  whole = contentsOf(join(folder, "whole"));
}, 120_000);

test("a run that is killed three times and goes on leaves the bytes of one that was not", async () => {
  const { last } = await killedRun(folder, "killed", { kills: 3, spanMs: 2500, luck: 1 });
  expect(last.code).toBe(0);
  expect(contentsOf(join(folder, "killed"))).toEqual(whole);
}, 120_000);

test("a folder has one run at a time, and a killed run's lock is taken over", async () => {
  const out = join(folder, "two");
  const first = start([...SMALL, "--out", "two"], folder);
  const end = ended(first);
  while (!existsSync(join(out, ".lock"))) await new Promise((done) => setTimeout(done, 20));
  const second = await run([...SMALL, "--out", "two"], folder);
  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(new RegExp(`another run is using .*two: process ${first.pid} on `));
  first.kill("SIGKILL");
  await end;
  expect(existsSync(join(out, ".lock"))).toBe(true);
  writeFileSync(join(out, "cells.csv.0123abcd.part"), "half");
  const third = await run([...SMALL, "--out", "two"], folder);
  expect(third.code).toBe(0);
  expect(contentsOf(out)).toEqual(whole);
}, 120_000);

test("a lock of a process whose number was given to another is stale; one of another machine is not", async () => {
  const lock = join(folder, "stale", ".lock");
  mkdirSync(join(folder, "stale"));
  writeFileSync(lock, JSON.stringify({ host: hostname(), pid: process.pid, started: "1" }));
  expect((await run([...SMALL, "--out", "stale"], folder)).code).toBe(0);
  writeFileSync(lock, JSON.stringify({ host: "elsewhere", pid: 1, started: "1" }));
  const refused = await run([...SMALL, "--out", "stale"], folder);
  expect(refused.stderr).toMatch(/process 1 on elsewhere; if it is no more, remove \.lock there/);
  expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ host: "elsewhere" });
}, 120_000);

test("a full disk is bad input, loses nothing that is kept, and --resume ends with the same bytes", async () => {
  // Files of at most 8 KiB: cells are kept, a figure is too large.
  const args = [...SMALL, "--out", "full"].map((arg) => `'${arg}'`).join(" ");
  const full = await piped(`ulimit -f 8; ${process.execPath} "$0" ${args}`, folder);
  expect(full.code).toBe(2);
  expect(full.stderr).toMatch(/cannot write: file too large/);
  expect(full.stderr).not.toMatch(/ {4}at /);
  const left = readdirSync(join(folder, "full"), { recursive: true }) as string[];
  expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
  const kept = left.some((name) => name.endsWith(".cell")) ? ["--resume"] : [];
  expect((await run([...SMALL, "--out", "full", ...kept], folder)).code).toBe(0);
  expect(contentsOf(join(folder, "full"))).toEqual(whole);
}, 120_000);

test("where nothing can be written, that is said before anything is run", async () => {
  writeFileSync(join(folder, "file"), "");
  const { code, stderr } = await run([...SMALL, "--out", "file/inner"], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^.*file\/inner: cannot write: a part of the path is no folder\n$/);
});
