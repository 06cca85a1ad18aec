import { describe, expect, test } from "vitest";
import { fitJointLaw, type JointCell } from "../../src/stats/joint-law.ts";

const marginalOf = (cells: readonly JointCell[], mass: Float64Array, axis: number, bins: number) =>
  Array.from({ length: bins }, (_, bin) =>
    cells.reduce((sum, cell, c) => sum + (cell[axis] === bin ? mass[c]! : 0), 0),
  );

const table = (rows: number, columns: number): JointCell[] =>
  Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);

describe("a joint law", () => {
  test("where everything can be is the product of its marginals", () => {
    const cells = table(2, 3);
    const { mass, error } = fitJointLaw(cells, [
      [0.3, 0.7],
      [0.2, 0.5, 0.3],
    ]);
    [0.06, 0.15, 0.09, 0.14, 0.35, 0.21].forEach((m, c) => expect(mass[c]).toBeCloseTo(m, 14));
    expect(error).toBeLessThan(1e-12);
  });

  test("has its marginals where a cell cannot be, and is as independent as that leaves it", () => {
    const cells = table(3, 3).filter(([row, column]) => !(row === 0 && column === 2));
    const targets = [
      [0.2, 0.3, 0.5],
      [0.3, 0.3, 0.4],
    ];
    const { mass, error } = fitJointLaw(cells, targets);
    expect(error).toBeLessThan(1e-6);
    for (const axis of [0, 1])
      marginalOf(cells, mass, axis, 3).forEach((m, bin) =>
        expect(m).toBeCloseTo(targets[axis]![bin]!, 6),
      );
    // Rows are proportional wherever both can be: what makes it the nearest to independence.
    const at = (row: number, column: number) =>
      mass[cells.findIndex(([r, c]) => r === row && c === column)]!;
    expect(at(0, 0) / at(0, 1)).toBeCloseTo(at(1, 0) / at(1, 1), 9);
    expect(at(1, 0) / at(1, 2)).toBeCloseTo(at(2, 0) / at(2, 2), 9);
  });

  test("says how far marginals stay that cannot hold together", () => {
    // Only the diagonal can be, so both marginals would be equal; they are apart by 0.2.
    const { mass, error } = fitJointLaw(
      [
        [0, 0],
        [1, 1],
      ],
      [
        [0.5, 0.5],
        [0.3, 0.7],
      ],
    );
    expect(error).toBeCloseTo(0.2, 9);
    expect(mass[0]! + mass[1]!).toBeCloseTo(1, 14);
  });

  test("leaves a bin empty that nothing can fill", () => {
    const { mass, error } = fitJointLaw([[0], [2]], [[0.25, 0.5, 0.25]]);
    expect([...mass]).toEqual([0.5, 0.5]);
    // After the first bin 0.5 stands where 0.25 should, and after the second 0.5 where 0.75 should.
    expect(error).toBeGreaterThan(0.2);
  });
});
