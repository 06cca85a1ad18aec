/** Which tests are run against which mutants: a folder in parts, the quick tests of each first. */

/** Files that are mutated together, and the tests of each round; a round tries what the one before left alive. */
export interface Part {
  readonly files: readonly string[];
  readonly rounds: readonly (readonly string[])[];
}

const sources = (folder: string, names: readonly string[]) =>
  names.map((name) => `src/${folder}/${name}.ts`);
const tests = (folder: string, names: readonly string[]) =>
  names.map((name) => `test/${folder}/${name}.test.ts`);

// Arithmetic in hot loops is slow while it counts its mutants, so no more of it than its own tests need.
const ofStats = (files: readonly string[]): Part => ({
  files: sources("stats", files),
  rounds: [tests("stats", files)],
});

const EXACT = "compose recompose group-sample step-vms pool-replay model-arrivals plan-programs";
const OF_EXACT = "same-luck pool-replay model-arrivals plan-programs scenarios recompose";
const BY_DENSITY = "condition cost-density makespan mixed-outcome starts step-density vm-kinds";

const BY_HAND = "blocks data held-home life-of-a-run together critical-path recovery";
const SPACE = "plan-space group-table group-graph composition exhaustive";
const BASELINES =
  "unfused sizing best-memory faastlane photons stage-choice bayesian-search cherrypick jolteon orion sonic";
const OF_BASELINES =
  "baselines sizing bayesian-search steps-by-hand sonic best-memory cherrypick jolteon orion objective";
const OF_JOINT = "block-options priced priced-steps lower-bound registry closed-forms";

const parts: Readonly<Record<string, readonly Part[]>> = {
  stats: [
    {
      files: sources("stats", ["density", "convolve"]),
      rounds: [tests("stats", ["density-by-hand", "convolve"]), tests("stats", ["density"])],
    },
    ofStats(["families", "count-law", "joint-law"]),
    ofStats(["numeric", "elementary"]),
    ofStats(["random", "latin-hypercube"]),
    ofStats(["summary", "quantile-sketch", "order", "gaussian-process"]),
  ],
  des: [{ files: ["src/des/*.ts"], rounds: [["test/des/*.test.ts"]] }],
  plan: [
    {
      files: ["src/plan/*.ts"],
      rounds: [["test/plan/*.test.ts"], tests("laws", ["laws", "random-plans"])],
    },
  ],
  model: [
    {
      files: sources("model", ["scenarios", "prediction", ...EXACT.split(" ")]),
      rounds: [tests("model", OF_EXACT.split(" ")), tests("model", ["neighbours"])],
    },
    {
      files: sources("model", ["convolution", "cold-share", ...BY_DENSITY.split(" ")]),
      rounds: [
        tests("model", ["densities", "cold-share", "convolution"]),
        tests("model", ["convolution-simulated"]),
      ],
    },
  ],
  execution: [
    {
      files: ["src/execution/*.ts"],
      rounds: [
        tests("execution", BY_HAND.split(" ")),
        [
          ...tests("execution", ["limits", "lone-runs", "plain-runs", "call-runs"]),
          "test/result/spans.test.ts",
        ],
        tests("execution", ["failures", "queueing"]),
      ],
    },
  ],
  policy: [
    {
      files: sources("policy", SPACE.split(" ")),
      rounds: [tests("policy", SPACE.split(" "))],
    },
    {
      files: sources("policy", BASELINES.split(" ")),
      rounds: [tests("policy", OF_BASELINES.split(" "))],
    },
    {
      files: sources("policy", ["search", "search-at-large", "wisefuse", "ablations"]),
      rounds: [tests("policy", ["search", "search-at-large", "wisefuse", "ablations"])],
    },
    {
      files: sources("policy", ["priced", "block-options", "lower-bound", "wisefuse-joint"]),
      rounds: [tests("policy", OF_JOINT.split(" "))],
    },
    {
      files: sources("policy", ["policy", "index", "decide", "pareto", "savings"]),
      rounds: [tests("policy", ["objective", "registry", "decide-by-hand", "savings"])],
    },
  ],
};

/** The folders whose mutants can be tried. */
export const folderNames: readonly string[] = Object.keys(parts);

/** How a folder is gone through. */
export function partsOf(folder: string): readonly Part[] {
  const found = parts[folder];
  if (found === undefined)
    throw new Error(`no mutants of "${folder}"; there are: ${folderNames.join(", ")}`);
  return found;
}
