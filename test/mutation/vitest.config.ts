import { defineConfig } from "vitest/config";

// The tests of one round, as `test/mutation/main.ts` names them.
export default defineConfig({
  test: {
    include: (process.env["MUTATION_TESTS"] ?? "").split(" "),
    setupFiles: ["test/mutation/setup.ts"],
    isolate: false,
    fileParallelism: false,
    testTimeout: 120_000,
  },
});
