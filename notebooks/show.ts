/** What the notebooks share: a shipped workload by name, and charts as pictures. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { TopLevelSpec } from "vega-lite";
import { renderPng, renderSvg } from "../src/figure/figure.ts";
import type { Workload } from "../src/trace/workload.ts";
import { parseWorkload } from "../src/trace/workload-file.ts";

const { resolve } = createRequire(import.meta.url);
const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

/** Text of a file of this repository. */
export function textOf(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
}

/** A shipped workload. */
export function shipped(name: string): Workload {
  return parseWorkload(textOf(`traces/${name}.yaml`), name);
}

/** Shows a vega-lite specification as a picture. */
export async function chart(spec: TopLevelSpec): Promise<void> {
  const png = await renderPng(await renderSvg(spec), FONTS);
  const data = btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""));
  await Deno.jupyter.display({ "image/png": data }, { raw: true });
}

/** Prints rows of texts as columns: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): void {
  const lines = rows.map((row) => row.map((cell) => String(cell)));
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  const padded = (cell: string, c: number) =>
    c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!);
  console.log(lines.map((line) => line.map(padded).join("  ").trimEnd()).join("\n"));
}
