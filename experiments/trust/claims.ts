/** What is claimed of this program, and what shows it. */

import { theoryFamilies } from "./theory-claims.ts";
import {
  folders,
  fuzzed,
  holdsInCases,
  measures,
  percent,
  type Show,
  suite,
  testsPass,
  theoryWhole,
  thousands,
} from "./shown.ts";

/** One claim. */
export interface Claim {
  readonly claim: string;
  /** Files of tests that show it. */
  readonly tests: readonly string[];
  /** The title of the test in its file, where the claim is of one only. */
  readonly title?: string;
  /** What shows it where that is not a file of tests: a command, or a file of evidence. */
  readonly shownBy?: string;
  readonly show: Show;
}

/** Claims of one kind. */
export interface Part {
  readonly name: string;
  readonly says: string;
  readonly claims: readonly Claim[];
}

const QUEUES = "test/theory/queues.test.ts";
const RANDOM_PLANS = "test/laws/random-plans.test.ts";
const WORKERS = "test/laws/workers-and-vms.test.ts";
const INVARIANCE = "test/laws/invariance.test.ts";
const REWRITES = "test/laws/rewrites.test.ts";
const ROUND_TRIPS = "test/laws/round-trips.test.ts";
const DETERMINISM = "test/system/determinism/determinism.test.ts";
const KILL = "test/system/kill/kill.test.ts";
const CRASHES = "test/system/kill/crashes.test.ts";
const FUZZ = "test/fuzz/fuzz.test.ts";
const STREAMS = "test/stats/streams.test.ts";

/** All parts, in the order of the page. */
export const parts: readonly Part[] = [
  {
    name: "Against queueing theory",
    says: "`npm run verify:theory` turns the simulator into queues whose answers are known; [how, and all figures](theory.md). `farthest` is the largest distance of a setting from its formula.",
    claims: [
      ...theoryFamilies.map((claim) => ({ ...claim, tests: [QUEUES] })),
      {
        claim: "All comparisons hold when judged together, with a chance of a false alarm of 1 %",
        tests: ["test/theory/inference.test.ts"],
        shownBy: "npm run verify:theory",
        show: theoryWhole,
      },
      {
        claim: "Formulas that are wrong as people get them wrong are found",
        tests: [QUEUES],
        show: measures(QUEUES, ({ wrongFormulasFound: found }) =>
          Array.isArray(found) ? `${found.length} of 7 found` : undefined,
        ),
      },
      tested("Formulas and intervals have the values known from elsewhere", [
        "test/theory/inference.test.ts",
      ]),
    ],
  },
  {
    name: "Laws",
    says: "Properties of random workflows under random legal plans; a law says how often its case occurred, and fails when that was too rarely.",
    claims: [
      law(
        "More memory never slows a run",
        WORKERS,
        "more memory never slows a run, whatever its workflow and its bundles",
      ),
      law(
        "Where data costs nothing, fusing changes nothing",
        WORKERS,
        "fusing is neutral where data costs nothing, nobody shares a vCPU and joins stay joins",
      ),
      law(
        "A bundle takes at least its work over its vCPUs, and at least its critical path; both bounds are reached",
        WORKERS,
        "a VM for all takes its work over its vCPUs, and the critical path, at least",
      ),
      law(
        "A further worker never shortens a stage",
        WORKERS,
        "a further worker never shortens a stage, nor makes it cheaper",
      ),
      law(
        "Cost is the sum of its parts",
        RANDOM_PLANS,
        "the cost of a run is the sum of what each price costs alone",
      ),
      law(
        "What is billed is what was used, rounded up and never down",
        RANDOM_PLANS,
        "what is billed is GB-seconds, uses and whole transitions, rounded up and never down",
      ),
      law(
        "Every arrival ends once, in one state; simulated time never goes back",
        RANDOM_PLANS,
        "every arrival ends once, in one state, and simulated time never goes back",
      ),
      law(
        "A worker begins after those it reads from have ended",
        RANDOM_PLANS,
        "a worker begins after the workers it reads from have ended",
      ),
      law(
        "Rewrites keep plans legal, or break only the rules they may",
        REWRITES,
        "every neighbour holds each stage once, and breaks no rule but those a search must check",
      ),
      law(
        "EXPLAIN tells apart what runs differently",
        INVARIANCE,
        "tells any two neighbouring plans apart that do not run alike",
      ),
      law(
        "A plan written as JSON and read again is the plan, and reads alike in EXPLAIN",
        INVARIANCE,
        "gives the same plan, with the same runs and the same EXPLAIN",
      ),
      law(
        "A workload written and read again is the workload",
        INVARIANCE,
        "gives the same workload, whatever it is",
      ),
      law(
        "What a simulation exports, read by the importers, is the workflow that was simulated",
        ROUND_TRIPS,
        "a workflow simulated, exported as run CSV or OTLP and imported is itself",
      ),
      tested("... with its fan-outs, bytes, times and arrivals", ["test/result/spans.test.ts"]),
      law(
        "Other names change no bit",
        INVARIANCE,
        "of stages, run factors and workflows change no bit of a run",
      ),
      law(
        "Another unit of time scales every time and nothing else",
        INVARIANCE,
        "scales every time of every run, and leaves counts, bytes and cost alone",
      ),
    ],
  },
  {
    name: "Failures in the model",
    says: "Crashes of VMs, errors, failed store requests, throttling and second deliveries, as workloads state them; what they do to each policy is experiment [`failures`](../experiments/README.md).",
    claims: [
      tested(
        "Attempts, retries, crashes and duplicates follow their laws; rates of 0 change no bit",
        ["test/execution/failures.test.ts"],
      ),
      law(
        "With failures too every run ends, and its time adds up",
        "test/execution/failures.test.ts",
        "every run ends, its time adds up, and failing is never free or faster",
      ),
      tested("Limits refuse and retry as they say", ["test/execution/limits.test.ts"]),
    ],
  },
  {
    name: "Failures of the program",
    says: "Real processes, in folders and on disks of their own.",
    claims: [
      {
        claim:
          "Killed at random moments (`kill -9`) and resumed, a run leaves the bytes of one that was not",
        tests: [KILL],
        show: measures(KILL, ({ kills, filesCompared }) =>
          typeof kills === "number" && typeof filesCompared === "number"
            ? `${kills} kills; ${thousands(filesCompared)} files compared, the same bytes`
            : undefined,
        ),
      },
      tested("A full disk and a read-only one lose nothing that was finished", [KILL, CRASHES]),
      tested(
        "Ctrl-C twice, two runs in one folder, a lock left behind: finished cells stay whole",
        [CRASHES, "test/cli/lock.test.ts"],
      ),
      tested("A worker thread that dies or runs out of memory costs no other cell", [
        "test/system/sweep/dying.test.ts",
      ]),
      tested("Signals end a run in order, with nothing finished lost", [
        "test/system/kill/interrupt.test.ts",
      ]),
      tested("A file that was damaged after it was written is refused by name", [
        "test/cli/damage.test.ts",
      ]),
      tested(
        "Results in the repository come out with the same bytes, as far as four drawn tasks of each tell",
        ["test/system/verify/verify.test.ts"],
      ),
      tested("A batch system that loses a machine, and shards run twice, give the same bytes", [
        "test/system/slurm/slurm.test.ts",
        "test/system/sweep/shards.test.ts",
      ]),
    ],
  },
  {
    name: "Hostile input",
    says: "What stands against it: [SECURITY.md](../SECURITY.md). A reader accepts or refuses (`InputError`) within 2 s of CPU time and 1 GB, changes no prototype, and names no file outside its folder.",
    claims: [
      {
        claim: "Every reader accepts or refuses whatever it is given",
        tests: ["test/system/fuzz/fuzz.test.ts"],
        shownBy: "npm run fuzz",
        show: fuzzed,
      },
      tested("Inputs that hung, crashed or filled the memory once are refused", [FUZZ]),
      tested("Gzip bombs and counts beyond 2^53 are refused", ["test/fuzz/bombs.test.ts"]),
      tested("Alias bombs, endless nesting and other faults are refused at their line", [
        "test/trace/document.test.ts",
        "test/trace/workload-faults.test.ts",
        "test/trace/import-faults.test.ts",
      ]),
      {
        claim: "A report shows what files say as text, even markup, in a real browser",
        tests: ["test/system/report/report.test.ts"],
        show: measures("test/system/report/report.test.ts", ({ browser }) =>
          typeof browser === "string"
            ? `nothing ran, nothing was asked for: ${browser}`
            : undefined,
        ),
      },
      {
        claim: "No package runs code when installed; versions, bytes and licences are known",
        tests: ["test/dependencies.test.ts"],
        show: measures("test/dependencies.test.ts", ({ packages, licences }) =>
          typeof packages === "number" && Array.isArray(licences)
            ? `${packages} packages, ${licences.length} licences`
            : undefined,
        ),
      },
    ],
  },
  {
    name: "Determinism",
    says: "The same cell has the same bytes: on any thread, machine and Node.",
    claims: [
      {
        claim: "Tables, plans and figures are the same bytes under several versions of Node",
        tests: [DETERMINISM],
        show: measures(DETERMINISM, ({ nodes, filesCompared }) =>
          Array.isArray(nodes)
            ? `Node ${nodes.join(", ")}: ${String(filesCompared)} files`
            : undefined,
        ),
      },
      tested("... and with any number of threads", [DETERMINISM]),
      {
        claim: "Named draws are independent and uniform",
        tests: [STREAMS],
        show: measures(STREAMS, ({ tests, smallestP, rejectedBelow }) =>
          typeof smallestP === "number" && typeof rejectedBelow === "number"
            ? `${String(tests)} tests, smallest p ${smallestP.toPrecision(2)}; rejected below ${rejectedBelow.toPrecision(2)}`
            : undefined,
        ),
      },
      tested("`wisefuse verify` finds a changed number, plan or figure", [
        "test/cli/verify.test.ts",
        DETERMINISM,
      ]),
    ],
  },
  {
    name: "Quality of the tests",
    says: "Which part of the lines tests reach, and which part of small changes of the source (mutants) they notice.",
    claims: [
      {
        claim: "Unit tests pass with the cases that only `npm run test:system` goes through",
        tests: [],
        shownBy: "npm test",
        show: suite((path) => !path.startsWith("test/system/")),
      },
      {
        claim: "Tests of whole systems pass",
        tests: [],
        shownBy: "npm run test:system",
        show: suite((path) => path.startsWith("test/system/")),
      },
      {
        claim: "At least 95 % of the lines are reached",
        tests: [],
        shownBy: "npm run coverage",
        show: folders(
          ({ coverage }) => coverage,
          (one) => percent(Number(one["lines"])),
        ),
      },
      {
        claim: "At least 85 % of the mutants are noticed",
        tests: [],
        shownBy: "npm run mutation",
        show: folders(
          ({ mutation }) => mutation,
          ({ score, low, high, sampled, mutants }) =>
            `${percent(Number(score))} (${percent(Number(low))} to ${percent(Number(high))}; ${sampled} of ${mutants} tried)`,
        ),
      },
    ],
  },
];

function tested(claim: string, tests: readonly string[]): Claim {
  return { claim, tests, show: testsPass(tests) };
}

function law(claim: string, file: string, title: string): Claim {
  return { claim, tests: [file], title, show: holdsInCases(file, title) };
}
