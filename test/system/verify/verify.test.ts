/** Every result in the repository, as far as a few of its tasks tell: this program would make it again. */

import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, run } from "../../cli/run.ts";

const RESULTS = resolve("results");
const SAMPLE = 4;

// Made by planners of an earlier day, and not made again since.
const OLDER = ["model-accuracy"];

const names = readdirSync(RESULTS)
  .filter((name) => existsSync(`${RESULTS}/${name}/manifest.json`))
  .filter((name) => !OLDER.includes(name));

test.each(names)("a drawn few tasks of results/%s come out with the same bytes", async (name) => {
  const draw = ["--sample", String(SAMPLE), "--quiet"];
  const { code, stdout, stderr } = await run(
    ["verify", `${RESULTS}/${name}`, ...draw],
    emptyFolder(),
  );
  expect(stdout + stderr).toMatch(
    /^\S+: \d+ of \d+ tasks drawn by "wisefuse": .*: the same bytes\n$/,
  );
  expect(code).toBe(0);
});
