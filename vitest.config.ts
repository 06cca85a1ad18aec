import { defineConfig } from "vitest/config";

// With WISEFUSE_EVIDENCE=results/trust a run leaves what it showed there, for docs/trust.md.
const evidence = process.env["WISEFUSE_EVIDENCE"] !== undefined;
const reporters = [
  "default",
  "./test/closing-line-reporter.ts",
  ...(evidence ? ["./test/trust/evidence-reporter.ts"] : []),
];

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
    setupFiles: evidence ? ["./test/trust/count-cases.ts"] : [],
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
          testTimeout: 120_000,
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
