/**
 * `node dist/test/fuzz/log-evidence.js LOG --seed text --commit HASH --evidence FILE`: evidence from what a run in
 * equal parts printed before the fuzzer kept any itself. The parts began at input 0 and followed each other; the
 * day is that of the log's last line, readers are not told apart. A part in which an input failed is left out: it is
 * to be read again, so that its failure is kept with its reader, or shown to have been a busy machine.
 */

import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { addEvidence, partsInLog } from "./fuzz-evidence.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    commit: { type: "string" },
    evidence: { type: "string" },
  },
});
const { seed, commit, evidence } = values;
const [log] = positionals;
if (log === undefined || seed === undefined || commit === undefined || evidence === undefined)
  throw new Error("expected a log, --seed, --commit and --evidence");
const date = statSync(log).mtime.toISOString().slice(0, 10);
const of = { date, commit, node: process.versions.node, seed };
for (const part of partsInLog(readFileSync(log, "utf8")))
  if (part.failed === 0) addEvidence(evidence, { ...of, ...part });
