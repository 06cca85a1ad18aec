import { tableFromIPC } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { RUN_COLUMNS } from "../../src/execution/run-log.ts";
import { batchesOf, RunBatches } from "../../src/result/run-batches.ts";
import { type CellRuns, runsFromArrow, RunsWriter } from "../../src/result/runs-arrow.ts";
import { habitLog } from "./sample.ts";

const COLUMNS =
  "cell,run,arrive_ms,finish_ms,latency_ms,cost_usd,cold_starts,vm_uses,gb_s,bytes_remote,skew," +
  "hop_ms,queue_ms,cold_ms,init_ms,fetch_ms,compute_ms,straggler_ms,store_ms,status,retries";

function cells() {
  const unfused = habitLog("unfused", 50);
  const wisefuse = habitLog("wisefuse", 30);
  wisefuse.status[3] = 1;
  wisefuse.status[4] = 2;
  return [
    { cell: "a.unfused", log: unfused },
    { cell: "a.wisefuse", log: wisefuse },
  ];
}

function runsToArrow(runs: readonly CellRuns[]): Uint8Array {
  return written(
    runs.map(({ cell }) => cell),
    (writer) => {
      for (const one of runs) writer.add(one);
    },
  );
}

/** The bytes of a file, whose pieces are copied as they come: they may change later. */
function written(names: readonly string[], fill: (writer: RunsWriter) => void): Uint8Array {
  const pieces: Buffer[] = [];
  const writer = new RunsWriter(names, (piece) => pieces.push(Buffer.from(piece)));
  fill(writer);
  writer.end();
  return Buffer.concat(pieces);
}

describe("runs.arrow", () => {
  it("has the published columns with their types, readable by Arrow itself", () => {
    const table = tableFromIPC(runsToArrow(cells()));
    expect(table.schema.fields.map((field) => field.name).join(",")).toBe(COLUMNS);
    expect(table.numRows).toBe(80);
    expect(table.batches).toHaveLength(2);
    const types = new Map(table.schema.fields.map((field) => [field.name, String(field.type)]));
    expect(types.get("run")).toBe("Int32");
    expect(types.get("latency_ms")).toBe("Float64");
    expect(table.get(53)!.toJSON()).toMatchObject({
      cell: "a.wisefuse",
      run: 3,
      status: "timed-out",
      latency_ms: cells()[1]!.log.columns.latencyMs[3],
    });
  });

  it("comes back as it was written", () => {
    const back = runsFromArrow(runsToArrow(cells()));
    expect([...back.keys()]).toEqual(["a.unfused", "a.wisefuse"]);
    for (const { cell, log } of cells()) {
      const { events, ...stored } = log;
      expect(events).toBe(0);
      expect(back.get(cell)).toEqual(stored);
    }
  });

  it("has the same bytes every time", () => {
    expect(Buffer.from(runsToArrow(cells())).equals(Buffer.from(runsToArrow(cells())))).toBe(true);
  });

  it("may be empty, and refuses what is no Arrow file", () => {
    expect(runsFromArrow(runsToArrow([])).size).toBe(0);
    expect(() => runsFromArrow(new TextEncoder().encode("cell,run\n"), "runs.arrow")).toThrow(
      /runs\.arrow: not an Arrow file/,
    );
  });

  it("is written batch by batch while runs end in any order, and comes back in theirs", () => {
    const BATCH = 64;
    const runs = 2 * BATCH + 30;
    const log = habitLog("unfused", runs);
    // Later batches begin before the first is whole.
    const order = Array.from({ length: runs }, (_, i) => (i * 71) % runs);
    expect(new Set(order).size).toBe(runs);
    const rows: number[] = [];
    const row = new Float64Array(RUN_COLUMNS.length);
    const bytes = written(["a"], (writer) => {
      const batches = new RunBatches(BATCH, (batch) => {
        rows.push(batch.runs);
        writer.add({ cell: "a", log: batch });
      });
      for (const run of order) {
        RUN_COLUMNS.forEach((name, c) => {
          row[c] = log.columns[name][run]!;
        });
        batches.sink(row, log.status[run]!);
      }
      expect(rows).toEqual([BATCH, BATCH]);
      batches.end();
    });
    expect(rows).toEqual([BATCH, BATCH, 30]);
    expect(tableFromIPC(bytes).batches).toHaveLength(3);
    const { events, ...stored } = log;
    expect(events).toBe(0);
    expect(runsFromArrow(bytes).get("a")).toEqual(stored);
    // The same as from the log.
    const again = written(["a"], (writer) => {
      for (const batch of batchesOf(log, BATCH)) writer.add({ cell: "a", log: batch });
    });
    expect(Buffer.from(again).equals(Buffer.from(bytes))).toBe(true);
  });
});
