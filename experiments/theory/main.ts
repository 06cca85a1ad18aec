/** Holds the simulator against queueing theory: prints the tables, writes results/theory and evidence, fails when a formula does. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeToString } from "fast-csv";
import { fontFiles } from "../../src/cli/files.ts";
import { renderPng, renderSvg } from "../../src/figure/figure.ts";
import { ratioIntervals } from "../../src/figure/ratio-intervals.ts";
import { provenanceNow, writeEvidence } from "../trust/keep.ts";
import { families } from "./families.ts";
import { csvRows, familyTable, ratioPoints, summaryTable, theoryFigures } from "./report.ts";
import { verify } from "./verify.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "theory" },
      out: { type: "string", default: join("results", "theory") },
      evidence: { type: "string", default: join("results", "trust", "theory.json") },
    },
  });
  const verification = verify(families, values.seed, 1, ({ name, settings }) =>
    process.stderr.write(`${name}: ${settings.length} settings\n`),
  );
  const summary = summaryTable(families, verification);
  const tables = families.map((family) => familyTable(family, verification));
  const report = `${[...tables, summary].join("\n\n")}\n`;
  process.stdout.write(report);
  const { out } = values;
  mkdirSync(out, { recursive: true });
  const rows = csvRows(verification);
  const csv = await writeToString(rows, { headers: true, includeEndRowDelimiter: true });
  writeFileSync(join(out, "theory.csv"), csv);
  writeFileSync(join(out, "report.txt"), report);
  const figures = theoryFigures(families, verification);
  writeEvidence(values.evidence, { ...provenanceNow(), seed: values.seed, ...figures }, 2);
  const spec = ratioIntervals(ratioPoints(verification));
  const svg = await renderSvg(spec);
  writeFileSync(join(out, "theory.svg"), svg);
  writeFileSync(join(out, "theory.png"), await renderPng(svg, fontFiles()));
  return verification.verdicts.some(({ rejected }) => rejected) ? 1 : 0;
}

process.exitCode = await main();
