import { defineConfig } from "vitest/config";

const reporters = ["default", "./test/closing-line-reporter.ts"];

export default defineConfig({
  test: {
    reporters,
    // By default one core is left idle, of two.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/system/**"],
          testTimeout: 30_000,
          // No test changes what is global, and every module is loaded once a core, not once a file.
          isolate: false,
        },
      },
      {
        // With daemons of their own, from the packages in test/system/packages.txt; one after the other.
        extends: true,
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
