/** `npm run trust`: writes docs/trust.md from the evidence in results/trust. */

import { join } from "node:path";
import { writeWhole } from "../../src/cli/files.ts";
import { evidenceIn } from "./evidence.ts";
import { trustPage } from "./page.ts";

writeWhole(join("docs", "trust.md"), trustPage(evidenceIn(join("results", "trust"))));
