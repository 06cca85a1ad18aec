import { expect, test } from "vitest";
import { RowTable } from "../../src/result/row-table.ts";

const table = new RowTable({ name: "text", count: "number", share: "number or null" });
const ROWS = [
  { name: 'a, "quoted"', count: 3, share: 0.1 + 0.2 },
  { name: "", count: -1e-7, share: null },
];

test("rows survive CSV, numbers to nine digits", async () => {
  const text = await table.toCsv(ROWS);
  expect(text).toBe('name,count,share\n"a, ""quoted""",3,0.3\n,-1e-7,\n');
  expect(await table.fromCsv(text, "t.csv")).toEqual([{ ...ROWS[0], share: 0.3 }, ROWS[1]]);
  expect(await table.toCsv([])).toBe("name,count,share\n");
});

test("rows of another table are told apart", () => {
  const foreign = { name: "b", count: "3", share: null };
  expect(table.rowsAmong([foreign, ROWS[0]!, { name: "c" }])).toEqual([{ ...ROWS[0], share: 0.3 }]);
});

test.each([
  ["name,count\na,1\n", "columns missing: share"],
  ["name,count,share\na,one,\n", 't.csv:2: count: expected a number, got "one"'],
  ["name,count,share\na,,\n", 'expected a number, got ""'],
])("what is no such table is refused: %j", async (text, message) => {
  await expect(table.fromCsv(text, "t.csv")).rejects.toThrow(message);
});
