import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRow, csvRows } from "../../src/trace/csv.ts";
import { fileOf } from "./importing.ts";

async function rowsOf(text: string, pieceLength = 7): Promise<readonly CsvRow[]> {
  const all: CsvRow[] = [];
  for await (const rows of csvRows(fileOf("t.csv", text, pieceLength))) all.push(...rows);
  return all;
}

describe("a CSV text", () => {
  test("gives its cells and the line each row begins in", async () => {
    expect(await rowsOf("a,b\n1,2\n\n3,4\n")).toEqual([
      { cells: ["a", "b"], line: 1 },
      { cells: ["1", "2"], line: 2 },
      { cells: ["3", "4"], line: 4 },
    ]);
  });

  test("may begin with a byte-order mark, end lines with CRLF and lack the last line's end", async () => {
    expect(await rowsOf("\uFEFFa,b\r\n1,2\r\n3,4")).toEqual([
      { cells: ["a", "b"], line: 1 },
      { cells: ["1", "2"], line: 2 },
      { cells: ["3", "4"], line: 3 },
    ]);
  });

  test("may have short and long rows, and empty cells", async () => {
    expect((await rowsOf("a,b,c\n1\n,,\n1,2,3,4\n")).map((row) => row.cells.length)).toEqual([
      3, 1, 3, 4,
    ]);
  });

  test("may quote commas, quotes and line ends", async () => {
    expect(await rowsOf('"a,1","say ""hi""","two\nlines",plain\nnext,row,,\n')).toEqual([
      { cells: ["a,1", 'say "hi"', "two\nlines", "plain"], line: 1 },
      { cells: ["next", "row", "", ""], line: 3 },
    ]);
  });

  test("with a quote that nothing closes is one last row", async () => {
    expect((await rowsOf('a,b\n1,"2\n3,4\n')).map((row) => row.line)).toEqual([1, 2]);
  });

  test("may be empty", async () => {
    expect(await rowsOf("")).toEqual([]);
    expect(await rowsOf("\uFEFF\n\n")).toEqual([]);
  });

  test("is the same in pieces of any length", async () => {
    const cell = fc.stringMatching(/^[a-z ",\n]{0,6}$/);
    const quoted = (text: string) =>
      /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom("\n", "\r\n"),
        async (table, pieceLength, end) => {
          const text = `${table.map((row) => row.map(quoted).join(",")).join(end)}${end}`;
          const read = (await rowsOf(text, pieceLength)).map((row) => row.cells);
          expect(read).toEqual(table);
        },
      ),
      { numRuns: 200 },
    );
  });
});
