/** Columns of text set side by side for a terminal. */

/** Lines of cells padded to common widths, two spaces apart: the first `texts` columns left, others right. */
export function aligned(lines: readonly (readonly string[])[], texts: number): readonly string[] {
  const widths = (lines[0] ?? []).map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  return lines.map((line) =>
    line
      .map((cell, c) => (c < texts ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
}
