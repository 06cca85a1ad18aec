import { expect, test } from "vitest";
import { fuzz } from "../../fuzz/run.ts";

test("20,000 hostile inputs are accepted or refused by every reader, in ten minutes at most", async () => {
  const { code, stdout } = await fuzz(20_000, "system", 600);
  process.stdout.write(stdout);
  expect(stdout).toMatch(/ 0 failed\n/);
  expect(code).toBe(0);
});
