import { join } from "node:path";
import { expect, test } from "vitest";
import {
  type Cell,
  executed,
  notebookAt,
  NOTEBOOKS,
  notebookNames,
  type Output,
  typeFaults,
} from "./jupyter.ts";

const stored = (name: string) => notebookAt(join(NOTEBOOKS, `${name}.ipynb`));

// Pictures may differ in a last bit from one CPU to the next: that there is one has to do.
function shown(output: Output) {
  const { output_type, name, text, data } = output;
  const media = Object.entries(data ?? {}).map(([kind, value]) =>
    kind.startsWith("image/") ? [kind, value.length > 1000] : [kind, value],
  );
  return { output_type, name, text, media };
}
const shownBy = (cells: readonly Cell[]) =>
  cells.map((cell) => ({ id: cell.id, outputs: (cell.outputs ?? []).map(shown) }));

test.each(notebookNames)(
  "%s shows in Deno what is stored, and what is stored names no machine",
  async (name) => {
    const { cells } = stored(name);
    const again = JSON.parse(await executed(name)) as { readonly cells: readonly Cell[] };
    expect(shownBy(again.cells)).toEqual(shownBy(cells));
    const outputs = cells.flatMap((cell) => cell.outputs ?? []);
    expect(outputs.length).toBeGreaterThan(2);
    expect(outputs.filter((output) => output.name === "stderr")).toEqual([]);
    expect(JSON.stringify(outputs.map(shown))).not.toMatch(
      /(?:\/home|\/root|\/tmp|\/work|file:)\//,
    );
  },
);

test("the headline is the same under Deno's engine as under Node's, in every column", () => {
  const text = JSON.stringify(stored("headline").cells.map((cell) => cell.outputs));
  expect(text).toMatch(/\d+ cells of \d+ columns, all equal to the stored ones/);
  expect(text).toMatch(
    /ml-pipeline +sonic +default +\d+\.\d +\d+\.\d\d +\d+\.\d +\d+\.\d\d +9\.\d\d/,
  );
});

test("cells fit the types of the library, and a planted slip is found", async () => {
  const slip: Cell = {
    cell_type: "code",
    id: "slip",
    metadata: {},
    source: ['import { platformNamed } from "../src/index.ts";\n', "platformNamed(3);\n"],
  };
  const cells = Object.fromEntries(notebookNames.map((name) => [name, stored(name).cells]));
  expect(await typeFaults({ ...cells, slip: [slip] })).toEqual([
    expect.stringMatching(/^slip\.ts\(3,15\): .*'number' is not assignable to .* 'string'/),
  ]);
});
