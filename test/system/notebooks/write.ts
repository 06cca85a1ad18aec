/** Runs every notebook, or those named, and writes their outputs in place: `npm run notebooks`. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { executed, NOTEBOOKS, notebookNames } from "./jupyter.ts";

const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : notebookNames) {
  writeFileSync(join(NOTEBOOKS, `${name}.ipynb`), await executed(name));
  console.log(name);
}
