import { expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import { fileNamePart, workloadFileName } from "../../src/cli/files.ts";
import { CELL_COLUMNS, cellsFromCsv } from "../../src/result/cell-table.ts";
import { csvRows } from "../../src/trace/csv.ts";
import { parseSource } from "../../src/trace/document.ts";
import { jsonSource } from "../../src/trace/json-source.ts";
import { Names, safeName } from "../../src/trace/names.ts";
import { durationMs, timestampsOf } from "../../src/trace/units.ts";
import { fileOf, importRefusal } from "../trace/importing.ts";
import { fuzz } from "./run.ts";

const LONG = 200_000;

test("hostile inputs are accepted or refused by every reader", async () => {
  const { code, stdout } = await fuzz(500, "quick", 40);
  expect(stdout).toMatch(/ 0 failed\n/);
  expect(code).toBe(0);
}, 60_000);

// Each of these hung, crashed or filled the memory once.

test("what a file holds cannot move the cursor of a terminal, nor fill it", () => {
  const { message } = new InputError("file", `got "\u001b[2J\n${"x".repeat(5000)}"`, "a\u0007.csv");
  expect(message).toMatch(/^a\\u0007\.csv: got "\\u001b\[2J\\u000axxx/);
  expect(message.length).toBeLessThan(1000);
  const many = Array.from({ length: 500 }, () => ({ where: "", message: "wrong" }));
  expect(new InputError("file", many).message).toMatch(/\nand 479 more faults$/);
});

test("a long text that is nearly a quantity is refused as fast as it is read", () => {
  expect(() => durationMs(`1${" ".repeat(LONG)}x`)).toThrow(InputError);
  expect(() => durationMs(`${"1".repeat(LONG)}x`)).toThrow(InputError);
  expect(() => timestampsOf(`"${"a".repeat(LONG)}\n`)).toThrow(InputError);
});

test("a quote that nothing closes is read once, and no row is longer than four million", async () => {
  const open = `a,b\n"${"x\n".repeat(LONG)}`;
  const rows = [];
  for await (const some of csvRows(fileOf("open.csv", open, 1 << 16))) rows.push(...some);
  expect(rows.length).toBe(2);
  const endless = fileOf("endless.csv", "x".repeat(5_000_000), 1 << 18);
  await expect(async () => {
    for await (const some of csvRows(endless)) rows.push(...some);
  }).rejects.toThrow(/endless\.csv:1:1: row is longer than 4194304 characters/);
});

test("JSON that nests without end is refused, and places in a long one are found", () => {
  expect(() => jsonSource(`${"[".repeat(50_000)}${"]".repeat(50_000)}`, "deep.json")).toThrow(
    "deep.json: nested too deeply",
  );
  const text = `{"a": [${"[1, 2],\n".repeat(100_000)}{"b": "x"}]}`;
  const source = jsonSource(text, "long.json");
  expect(source.placeOf(["a", 100_000, "b"])).toEqual({ line: 100_001, column: 7 });
  expect(source.keyPlaceOf(["a", 100_000, "b"])).toEqual({ line: 100_001, column: 2 });
  expect(source.foundAt(["a"])).toBe("a list of 100001");
});

test("a line of an ORION profile without a colon is looked through once", async () => {
  const message = await importRefusal("orion", { "rsc_1_1_1.txt": "x".repeat(LONG) });
  expect(message).toMatch(/rsc_1_1_1\.txt:1:1: expected stage times such as PCA:1500, got "xxx/);
});

test("a mapping of many keys is read in one pass, and a repeated one still found", () => {
  // Comparing every key with every other took 3.3 s for 20,000: these would take a minute, and the test stop first.
  const keys = Array.from({ length: 80_000 }, (_, i) => `k${i}: 1`).join("\n");
  expect(() => parseSource(`${keys}\nk7: 2\n`, "many.yaml")).toThrow(
    "many.yaml:80001:1: key k7 is given twice",
  );
}, 30_000);

test("a history whose events follow themselves is refused", async () => {
  const events = [{ id: 1, previousEventId: 1, timestamp: 0, type: "TaskSucceeded" }];
  const message = await importRefusal("sfn-history", { "h.json": JSON.stringify({ events }) });
  expect(message).toMatch(/events\.0\.previousEventId: expected the id of an earlier event/);
});

test("a Jolteon graph of a billion stages, or of parents that are none, is refused", async () => {
  const stage = { stage_name: "constructor", parents: [7] };
  const graph = (num_stages: number) => ({ workflow_name: "w", num_stages, "0": stage });
  const files = (count: number) => ({
    "w_profile.json": "{}",
    "w.json": JSON.stringify(graph(count)),
  });
  expect(await importRefusal("jolteon", files(1e9))).toMatch(/num_stages: must be at most 1000/);
  expect(await importRefusal("jolteon", files(1))).toMatch(/expected parents below 1, got 7/);
});

test("a Jolteon profile of more than 4 million characters is refused before it is looked at", async () => {
  const files = { "w_profile.json": `{"a": [${"[1,1],".repeat(700_000)}[1,1]]}`, "w.json": "{}" };
  expect(await importRefusal("jolteon", files)).toMatch(
    /w_profile\.json: is longer than 4194304 characters$/,
  );
});

test("two times at one memory size are refused", async () => {
  const stats = [1, 2].map((averageDuration) => ({ value: 512, averageDuration }));
  const message = await importRefusal("power-tuning", { "p.json": JSON.stringify({ stats }) });
  expect(message).toMatch(/two times at 512 MB/);
});

test("fractions of nanoseconds are no crash, and what is no number is refused", async () => {
  const span = {
    traceId: "a",
    spanId: "b",
    name: "n",
    startTimeUnixNano: 1.5,
    endTimeUnixNano: "x",
  };
  const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  expect(await importRefusal("otlp", { "o.json": text })).toMatch(/endTimeUnixNano: expected/);
});

test("a name is never cut through a letter, and many equal names take no search", () => {
  expect(safeName("𝒳".repeat(60))).toMatch(/^\p{L}+$/u);
  expect(safeName(`a${"𝒳".repeat(60)}`)).toMatch(/^\p{L}+$/u);
  const names = new Names();
  const all = new Set(
    Array.from({ length: 50_000 }, (_, i) =>
      names.of(`a${"/".repeat(1 + (i % 9))}${i % 2 === 0 ? "" : "/"}${i}`),
    ),
  );
  expect(all.size).toBe(50_000);
});

test("a name of any length or letters is the name of one file in its folder", () => {
  const long = "漢".repeat(100);
  expect(Buffer.byteLength(workloadFileName({ name: long }))).toBeLessThan(230);
  expect(fileNamePart(`${long}a`)).not.toBe(fileNamePart(`${long}b`));
  expect(workloadFileName({ name: "a/../../b\0" })).toBe("a-..-..-b-.yaml");
  expect(fileNamePart("short")).toBe("short");
});

test("what a file holds is shown escaped, and cut after that", () => {
  const shown = new InputError("file", `got "${"\0".repeat(1000)}"`).message;
  expect(shown).toMatch(/^got "(?:\\u0000){90,}.{0,6}…$/);
  expect(shown.length).toBeLessThan(602);
  expect(new InputError("file", `${"a".repeat(599)}𝒳𝒳`).message).toBe(`${"a".repeat(599)}…`);
});

test("of a table that is none the first twenty cells are named, and the rest not looked at", async () => {
  const lines = `${CELL_COLUMNS.join(",")}\n${"\n".repeat(100_000)}`;
  const refused = await cellsFromCsv(lines, "cells.csv").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  const { faults, message } = refused as InputError;
  expect(faults).toHaveLength(20);
  expect(message).toMatch(/^cells\.csv:2: experiment: expected [a-z ]+, got ""\n/);
});
