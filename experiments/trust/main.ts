/**
 * `npm run trust [-- folder..]`: writes docs/trust.md from the evidence in results/trust. What tests
 * left in other folders is added to it first; of what both know, the folder that is named counts.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../../src/cli/files.ts";
import { evidenceIn } from "./evidence.ts";
import { addTests } from "./keep.ts";
import { trustPage } from "./page.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const folder = join("results", "trust");
for (const other of positionals) addTests(folder, evidenceIn(other).tests);
writeWhole(join("docs", "trust.md"), trustPage(evidenceIn(folder)));
