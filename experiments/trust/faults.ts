/** Faults of the product that this work found, by hand: what was wrong, how it was seen, what mended it. */

/** One fault. */
export interface Fault {
  readonly fault: string;
  readonly foundBy: string;
  /** First twelve digits of the commit that mended it. */
  readonly commit: string;
  /** The file of tests that fails if it comes back; null where none here can see it. */
  readonly test: string | null;
}

const FUZZ_TEST = "test/fuzz/fuzz.test.ts";

function fuzzed(fault: string, commit = "419cf9590c89"): Fault {
  return { fault, foundBy: "fuzzing", commit, test: FUZZ_TEST };
}

/** All, the latest first. */
export const faults: readonly Fault[] = [
  {
    fault: "an unknown key with a line break in it gave the keys after it parts of its own message",
    foundBy: "reading a change once more",
    commit: "5fcecd72275a",
    test: "test/trace/workload-faults.test.ts",
  },
  {
    fault:
      "50,000 unknown keys of a workload took 15 s: the place of each was looked for among all keys",
    foundBy: "fuzzing (input 946,975 of the long run)",
    commit: "6fbb86a7244b",
    test: "test/trace/workload-faults.test.ts",
  },
  {
    fault: "rounding put a quantile of a density up to 1.3 % of a cell beyond its cell",
    foundBy: "mutants of stats",
    commit: "cd5a8f8b57f0",
    test: "test/stats/density.test.ts",
  },
  {
    fault: "a JSON workload of 2 MB of small lists took 7 s, read as the YAML it is",
    foundBy: "fuzzing (input 719,025 of the long run)",
    commit: "cced0b8a8e27",
    test: "test/trace/document.test.ts",
  },
  {
    fault:
      "a NUL before a broken JSON of 4 MB sent it to the YAML parser, which took 10 s to refuse it",
    foundBy: "fuzzing (input 702,015 of the long run)",
    commit: "42ff59fc4d3a",
    test: "test/trace/document.test.ts",
  },
  fuzzed("38 MB of small lists as a Jolteon profile filled 1 GB", "6e01ae499801"),
  fuzzed(
    "150,000 blank lines of a table gave seven million faults and filled 1 GB",
    "b121a91c7758",
  ),
  fuzzed(
    "control characters of a file filled 28 kB of terminal: a message was cut before they were escaped",
    "1e17fb99e0ff",
  ),
  {
    fault:
      "half a million syntax errors behind one NUL took the YAML parser 5 s, a stack trace each",
    foundBy: "fuzzing (input 209,213 of the long run)",
    commit: "deb104b9f418",
    test: "test/trace/document.test.ts",
  },
  fuzzed(
    "a YAML mapping of 40,000 keys took 17 s: every key was compared with every other",
    "9ceaa5f625bb",
  ),
  fuzzed(
    "a line of an ORION profile without a colon took 3 s, with the square of its length",
    "8ce45bba6cc7",
  ),
  {
    fault:
      "figures drawn with a run and redrawn from its tables differed in the tenth digit, so `verify` would have called them changed",
    foundBy: "comparing bytes of redrawn results",
    commit: "a3b0ef8dba46",
    test: "test/result/row-table.test.ts",
  },
  {
    fault: "two runs in one folder wrote over each other's cells",
    foundBy: "killing and starting real processes",
    commit: "e7328b978584",
    test: "test/system/kill/crashes.test.ts",
  },
  {
    fault:
      "a file had its name before its bytes were on the disk: a loss of power could leave half of it",
    foundBy: "review of what a kill at each line would leave",
    commit: "e7328b978584",
    test: null,
  },
  {
    fault: "a gzip file of 200 kB unpacked to as much as it liked",
    foundBy: "fuzzing",
    commit: "e7328b978584",
    test: "test/fuzz/bombs.test.ts",
  },
  {
    fault:
      "a run refused before the first-listed step of its plan had begun hung the simulator, or took its times from another run; its skew was another run's or NaN",
    foundBy: "laws over random plans under limits",
    commit: "d022ca8ff4de",
    test: "test/laws/random-plans.test.ts",
  },
  {
    fault:
      "EXPLAIN did not say that workers are balanced by weight: two plans that run differently read alike",
    foundBy: "laws over neighbouring plans",
    commit: "ad3691f41074",
    test: "test/laws/invariance.test.ts",
  },
  fuzzed("a long text that is nearly a quantity hung the reader of quantities"),
  fuzzed("a quote that nothing closes was searched for anew at every row, and a row had no end"),
  fuzzed("JSON nested 50,000 deep overflowed the stack"),
  fuzzed("finding the place of a fault in 3 MB of JSON did not end"),
  fuzzed("a Step Functions history whose events follow themselves was followed for ever"),
  fuzzed("a Jolteon graph of a billion stages filled the memory; parents that are none crashed"),
  fuzzed("a stage called `constructor` was looked up in Object and crashed"),
  fuzzed("fractions of nanoseconds in OTLP crashed as big integers"),
  fuzzed("two times at one memory size in a Power Tuning result failed as our own bug"),
  fuzzed("names longer than a file's name may be failed when written; a cut went through a letter"),
  fuzzed("many equal names took time with the square of their number"),
  fuzzed("messages repeated control characters of a file to the terminal, at any length"),
  {
    fault: "a pairwise edge between a fan-out of 4 and one of constant 4 was refused",
    foundBy: "rules of plans, each broken alone",
    commit: "3bc9078c34dc",
    test: "test/workflow/workflow.test.ts",
  },
  {
    fault: "under a budget of 0 the fastest plan was called the nearest",
    foundBy: "properties of the order of plans",
    commit: "2bf17465bc85",
    test: "test/policy/objective.test.ts",
  },
  {
    fault:
      "options given twice, `--out` below a file, `--runs 1e12` and an experiment that does not load ended as our own bug; of several SLOs the first was taken in silence",
    foundBy: "slips at the command line, tried one by one",
    commit: "a568a013a49c",
    test: "test/cli/slips.test.ts",
  },
  {
    fault: "a failed write left its `.part` file",
    foundBy: "slips at the command line, tried one by one",
    commit: "a568a013a49c",
    test: "test/system/kill/crashes.test.ts",
  },
  {
    fault:
      "direct pulls from an early stage of a home VM did not hold it: billed 3.7 instead of 6.6 GB-s, and its record could be used by another",
    foundBy: "a run followed by hand",
    commit: "4c032c988179",
    test: "test/execution/held-home.test.ts",
  },
  {
    fault:
      "a pre-warmed VM that was refused was released twice: two runs shared it and 15 of 2,000 never ended",
    foundBy: "runs under harsh limits",
    commit: "a650d2e5b593",
    test: "test/execution/limits.test.ts",
  },
  {
    fault:
      "beyond 10^10 ms a transfer's remainder rounded to no time at all, and the loop never ended",
    foundBy: "properties of processor sharing",
    commit: "1267feeb5098",
    test: "test/des/shared-resource.test.ts",
  },
  {
    fault:
      "one draw in 2^53 was 1, where quantiles are infinite; a mixture passed on 0 at the seam of its parts",
    foundBy: "published blocks of Threefry and closed forms",
    commit: "9f3bacc12d33",
    test: "test/stats/families.test.ts",
  },
];

/** What is known to be wrong and stays. */
export const known: readonly string[] = [
  "Where new VMs are limited, refills of the bucket add up in floating point: ten of 0.1 fall short of one, so a VM may start one retry late.",
  "Many events at exactly one time that come in turn with events of other times cost the calendar queue time in proportion to how many wait: 1,471 steps an event at 8,000, where other rhythms take 15. Their order is right.",
  "The `scenarios` model counts a VM that was asked for ahead from when it is ready, and under `parallelStarts` a VM that takes over from one just ended as cold: up to 2.7 % in the cost and 15.6 % in the latency of one run where runs overlap. Simulated rows are not touched.",
  "In a run that failed or timed out part-way, how its compute time divides into `compute` and `straggler` takes the median over workers that may never have begun. Tables use finished runs only.",
];
