import { expect, test } from "vitest";
import { workloadJsonSchema } from "../../src/trace/workload-schema.ts";

test("the published JSON Schema is the one that files are checked by", async () => {
  const text = `${JSON.stringify(workloadJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../docs/schema/workload.schema.json");
});

test("the JSON Schema requires every scientific number of a stage and describes what it can", () => {
  const schema = JSON.stringify(workloadJsonSchema());
  expect(schema).toContain(
    '"required":["id","workers","runtime","package","memoryMb","initCpu","compute","wait","skew"]',
  );
  expect(schema).toContain("Lognormal sigma of the factor that all workers of a run share.");
});
