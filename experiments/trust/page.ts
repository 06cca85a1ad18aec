/** The page on trust: every claim, what shows it, the figure and the day; and the faults that were found. */

import { type Claim, parts } from "./claims.ts";
import type { Evidence } from "./evidence.ts";
import { faults, known } from "./faults.ts";
import { sinceOf, thousands } from "./shown.ts";

const HEAD = `# What shows that the numbers are right

Written by \`npm run trust\` from the evidence in \`results/trust\`; a test compares the two, so nothing here
is typed by hand but the claims. \`not run\` means that no evidence is there, a day and commit when it came about, a \`+\`
behind the commit that sources had changes. To bring evidence up to date, on a checkout without changes:

\`\`\`sh
npm run verify:theory                                        # a minute
npm run fuzz -- --inputs 1000000 --seed long --jobs 2 --evidence results/trust/fuzz.json
WISEFUSE_EVIDENCE=results/trust npx vitest run               # or some files of it
npm run trust                                                # -- FOLDER adds tests of elsewhere
\`\`\``;

/** The page as Markdown, from the evidence alone. */
export function trustPage(evidence: Evidence): string {
  const sections = parts.map(({ name, says, claims }) =>
    [
      `## ${name}`,
      says,
      table(
        ["claim", "shown by", "figure", "of"],
        claims.map((claim) => rowOf(claim, evidence)),
      ),
    ].join("\n\n"),
  );
  return `${[HEAD, ...sections, readersOf(evidence), packagesOf(evidence), faultsFound()].join("\n\n")}\n`;
}

function rowOf({ claim, tests, shownBy, show }: Claim, evidence: Evidence): readonly string[] {
  const shown = show(evidence);
  const by = [...(shownBy === undefined ? [] : [`\`${shownBy}\``]), ...tests.map(linkTo)];
  return [
    claim,
    by.join("<br>"),
    shown?.figure ?? "not run",
    shown === undefined ? "" : sinceOf(shown),
  ];
}

function readersOf({ fuzz }: Evidence): string {
  const readers = [...new Set(fuzz.flatMap((one) => Object.keys(one.readers)))];
  const rows = readers.map((reader) => {
    const own = fuzz.flatMap((one) => one.readers[reader] ?? []);
    const sum = (of: (one: (typeof own)[number]) => number) =>
      thousands(own.reduce((total, one) => total + of(one), 0));
    return [
      `\`${reader}\``,
      sum((one) => one.read),
      sum((one) => one.accepted),
      sum((one) => one.failed),
      `${Math.max(...own.map((one) => one.slowestMs))} ms`,
    ];
  });
  const runs = fuzz.map(
    ({ seed, from, to, date, node }) =>
      `\`${seed}\` ${thousands(from)} to ${thousands(to - 1)} (${date}, Node ${node})`,
  );
  return [
    "## Readers under fire",
    runs.length === 0
      ? "not run"
      : `Inputs ${runs.join("; ")}. CPU time is of the slowest input, bombs and large files among them.`,
    ...(rows.length === 0
      ? []
      : [table(["reader", "inputs", "accepted", "failed", "slowest"], rows)]),
  ].join("\n\n");
}

function packagesOf({ tests }: Evidence): string {
  const { asked = [], licences = [] } = tests["test/dependencies.test.ts"]?.figures ?? {};
  if (!Array.isArray(asked) || !Array.isArray(licences) || asked.length === 0)
    return "## Packages\n\nnot run";
  return [
    "## Packages",
    `What is installed with WiseFuse, and under which licence; with all that these need and all that only its makers need: ${licences.join(", ")}.`,
    table(
      ["package", "version", "licence"],
      asked.map((one: string) => {
        const [name = "", version = "", ...licence] = one.split(" ");
        return [name, version, licence.join(" ")];
      }),
    ),
  ].join("\n\n");
}

function faultsFound(): string {
  return [
    "## Faults found",
    `What this work found wrong in the product, ${faults.length} faults, and the commit that mended each. The tests named fail if it comes back.`,
    table(
      ["fault", "found by", "mended in", "held by"],
      faults.map(({ fault, foundBy, commit, test }) => [
        fault,
        foundBy,
        commit.slice(0, 7),
        test === null ? "" : linkTo(test),
      ]),
    ),
    "Known, and not mended:",
    known.map((one) => `- ${one}`).join("\n"),
  ].join("\n\n");
}

function linkTo(test: string): string {
  return `[${test.replace(/^test\//, "")}](../${test})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
