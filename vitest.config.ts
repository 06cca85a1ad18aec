import { defineConfig } from "vitest/config";

const reporters = ["default", "./test/closing-line-reporter.ts"];

// Unit tests that leave out a part of their cases (test/whole.ts): all of them are among the tests of the whole program.
const inPart = [
  "test/calibration/refit.test.ts",
  "test/policy/decide.test.ts",
  "test/policy/policies.test.ts",
  "test/policy/wisefuse-joint.test.ts",
];

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
          provide: { whole: false },
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
          include: ["test/system/**/*.test.ts", ...inPart],
          provide: { whole: true },
          testTimeout: 900_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
