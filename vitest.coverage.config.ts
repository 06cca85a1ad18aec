import { defineConfig } from "vitest/config";

const folders = ["stats", "des", "plan", "model", "execution", "policy"];

// Lines of the folders whose numbers are published, as their own tests and the laws reach them.
export default defineConfig({
  test: {
    include: [`test/{${folders.join(",")},laws}/*.test.ts`],
    exclude: [
      // Minutes under instrumentation, for no further line.
      "test/policy/wisefuse-joint.test.ts",
      // Counts lines itself, and so takes them from this count.
      "test/des/event-cost.test.ts",
    ],
    isolate: false,
    maxWorkers: "100%",
    testTimeout: 300_000,
    reporters: ["default", "./test/closing-line-reporter.ts", "./test/coverage-reporter.ts"],
    coverage: {
      enabled: true,
      provider: "v8",
      include: [`src/{${folders.join(",")}}/**`],
      reporter: ["text"],
      thresholds: Object.fromEntries(folders.map((name) => [`src/${name}/**`, { lines: 95 }])),
    },
  },
});
