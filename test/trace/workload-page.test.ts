import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseWorkload } from "../../src/trace/workload-file.ts";

test("the example on the page about workload files is a right workload file", () => {
  const page = readFileSync(new URL("../../docs/workload-file.md", import.meta.url), "utf8");
  const example = /```yaml\n(# yaml-language-server[^]*?)```/.exec(page)?.[1];
  const workload = parseWorkload(example ?? "", "docs/workload-file.md");
  expect(workload.workflow.stages.map(({ id }) => id)).toEqual(["split", "scale"]);
});
