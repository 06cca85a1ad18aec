/** Files of a results folder that were damaged after they were written: refused by name, whoever reads them. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { DigestedFiles, intactBytes, intactText, refuseDamaged } from "../../src/cli/intact.ts";
import { TaskStore } from "../../src/cli/sweep-store.ts";
import { readTimings } from "../../src/cli/timings-file.ts";
import type { StudyTask, TimedResult } from "../../src/cli/worker.ts";
import { emptyFolder, fileIn, type Outcome, run } from "./run.ts";

/** Turns one bit of the byte in the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

test("a file is read while it is what was written, and refused by name when a bit has turned", () => {
  const folder = emptyFolder();
  const files = new DigestedFiles(folder);
  files.write("cells.csv", "a,b\n1,2\n");
  files.write("plans/one plan.json", "{}\n");
  files.end();
  expect(intactText(folder, "cells.csv")).toBe("a,b\n1,2\n");
  expect(readFileSync(join(folder, "SHA256SUMS"), "utf8")).toMatch(
    /^[0-9a-f]{64} {2}cells\.csv\n[0-9a-f]{64} {2}plans\/one plan\.json\n$/,
  );
  refuseDamaged(folder);
  damage(join(folder, "plans/one plan.json"));
  const named = /plans\/one plan\.json: not what was written: SHA-256 \w{12}… in SHA256SUMS, /;
  expect(() => intactText(folder, "plans/one plan.json")).toThrow(named);
  expect(() => refuseDamaged(folder)).toThrow(named);
  // What is not kept is not missed, and what was never noted is taken as it is.
  rmSync(join(folder, "plans"), { recursive: true });
  refuseDamaged(folder);
  expect(intactBytes(folder, "plans/one plan.json")).toBeUndefined();
  expect(intactText(folder, fileIn(folder, "x", "y").slice(folder.length + 1))).toBe("y");
});

test("a kept result is refused when a bit has turned, wherever in the file", () => {
  const folder = join(emptyFolder(), "store");
  const store = TaskStore.empty(folder, "f");
  const source = { kind: "experiment", nameOrFile: "x" } as const;
  const run = { platforms: [], policies: [], seeds: [] };
  const task: StudyTask = { kind: "study", source, study: "s", task: "t", quick: false, run };
  const rows = [{ x: 1.5, name: "n" }];
  const result: TimedResult = { kind: "study", study: "s", task: "t", rows, wallMs: 2 };
  store.write(task, result);
  expect(store.read(task)).toEqual(result);
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".study"))!);
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    expect(() => store.read(task)).toThrow(`${file}: not what was written; remove it, and it is`);
  }
  writeFileSync(file, whole.subarray(0, 10));
  expect(() => store.read(task)).toThrow(file);
});

test("damaged times are refused with their place, and those of another version are not", () => {
  const folder = emptyFolder();
  const file = join(folder, "timings.json");
  expect(readTimings(file)).toEqual({ cells: [], studies: [] });
  fileIn(folder, "timings.json", '{"node":"v20","cells":[{"cell":"a","wallMs":3,"events":1}]}');
  expect(readTimings(file)).toEqual({ cells: [{ cell: "a", wallMs: 3 }], studies: [] });
  fileIn(folder, "timings.json", '{"cells":[{"cell":"a","wallMs":"3"}]}');
  expect(() => readTimings(file)).toThrow(/timings\.json:1:\d+: cells\.0\.wallMs: .*number/);
  fileIn(folder, "timings.json", '{"cells":[{"cell');
  expect(() => readTimings(file)).toThrow(/timings\.json/);
});

const working = emptyFolder();

beforeAll(async () => {
  const args = [
    "experiment",
    "video-analytics",
    "--quick",
    "--runs",
    "20",
    "--policies",
    "unfused",
  ];
  const { code, stderr } = await run([...args, "--quiet"], working);
  expect([code, stderr]).toEqual([0, ""]);
}, 120_000);

const figures = ["figures", "video-analytics"];
const verify = ["verify", "results/video-analytics", "--quiet"];

test.concurrent.each([
  ["runs.arrow", figures],
  ["cells.csv", figures],
  ["timelines.json", figures],
  ["manifest.json", verify],
] as const)(
  "damaged %s is refused by wisefuse %j within seconds",
  async (name, command) => {
    const folder = emptyFolder();
    const results = join(folder, "results/video-analytics");
    mkdirSync(results, { recursive: true });
    cpSync(resolve(working, "results/video-analytics"), results, { recursive: true });
    damage(join(results, name));
    const { code, stderr }: Outcome = await run(command, folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`results/video-analytics/${name}: not what was written: SHA-256 `);
  },
  120_000,
);
