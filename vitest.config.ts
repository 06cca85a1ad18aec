import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/system/**"],
    reporters: ["default", "./test/closing-line-reporter.ts"],
    testTimeout: 30_000,
  },
});
