import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { families } from "../../experiments/theory/families.ts";
import { parts } from "../../experiments/trust/claims.ts";
import { type Evidence, evidenceIn } from "../../experiments/trust/evidence.ts";
import { faults } from "../../experiments/trust/faults.ts";
import { git } from "../../experiments/trust/keep.ts";
import { trustPage } from "../../experiments/trust/page.ts";
import { claimedFamilies } from "../../experiments/trust/theory-claims.ts";

const claims = parts.flatMap((part) => part.claims);
const NOTHING: Evidence = {
  tests: {},
  theory: undefined,
  fuzz: [],
  coverage: undefined,
  mutation: undefined,
};
const of = { date: "2026-01-02", commit: "0123456789ab+", node: "20.0.0" };
const file = { ...of, passed: 2, failed: 0, skipped: 0, cases: {}, figures: {} };

test("docs/trust.md is what npm run trust writes from results/trust", () => {
  expect(readFileSync("docs/trust.md", "utf8")).toBe(trustPage(evidenceIn("results/trust")));
});

describe("what is claimed", () => {
  test("names files that are there, tests by their titles, and commands by their names", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    expect(claims.length).toBeGreaterThan(40);
    for (const { claim, tests, title, shownBy } of claims) {
      expect(
        tests.filter((path) => !existsSync(path)),
        claim,
      ).toEqual([]);
      if (title !== undefined) expect(readFileSync(tests[0]!, "utf8")).toContain(`"${title}"`);
      const [, script] = /^npm (?:run )?(\S+)$/.exec(shownBy ?? "") ?? [];
      if (script !== undefined) expect(Object.keys(scripts), claim).toContain(script);
      expect(tests.length > 0 || shownBy !== undefined, claim).toBe(true);
    }
  });

  test("has each queue of the verification", () => {
    expect(claimedFamilies).toEqual(families.map(({ name }) => name));
  });

  test("without evidence has no figure, and does not vanish", () => {
    const page = trustPage(NOTHING);
    for (const { claim } of claims) expect(page).toContain(`| ${claim} |`);
    expect(page.match(/\| not run \|/g)).toHaveLength(claims.length);
  });
});

describe("a figure", () => {
  const pageOf = (evidence: Partial<Evidence>) => trustPage({ ...NOTHING, ...evidence });

  test("is that of its test, with day and commit", () => {
    const tests = { "test/execution/limits.test.ts": { ...file, skipped: 1 } };
    expect(pageOf({ tests })).toMatch(
      /\| Limits refuse .* \| 2 tests pass, 1 skipped \| 2026-01-02 at 0123456\+ \|/,
    );
  });

  test("says when a test failed, be it a law, a measurement or one of several files", () => {
    const failed = { ...file, failed: 1 };
    const tests = {
      "test/laws/rewrites.test.ts": failed,
      "test/stats/streams.test.ts": failed,
      "test/execution/limits.test.ts": failed,
    };
    const page = pageOf({ tests });
    expect(page).toMatch(/\| Rewrites keep .* \| FAILED \|/);
    expect(page).toMatch(/\| Named draws .* \| 1 FAILED, 2 tests pass \|/);
    expect(page).toMatch(/\| Limits refuse .* \| 1 FAILED, 2 tests pass \|/);
    expect(page).toMatch(/\| Unit tests pass .* \| 3 FAILED, 6 tests pass, in 3 files \|/);
  });

  test("of several files is as old as the oldest, and is none while one has not run", () => {
    const [a, b] = ["test/system/kill/kill.test.ts", "test/system/kill/crashes.test.ts"];
    const newer = { ...file, date: "2026-02-03" };
    expect(pageOf({ tests: { [a]: newer, [b]: file } })).toMatch(
      /\| A full disk .* \| 4 tests pass \| 2026-01-02 /,
    );
    expect(pageOf({ tests: { [a]: newer } })).toMatch(/\| A full disk .* \| not run \|/);
  });

  test("of the fuzzer is the sum of its runs, in all and by reader", () => {
    const tally = { read: 1000, accepted: 250, slowestMs: 90, failed: 0 };
    const run = { ...of, ...tally, seed: "a", from: 0, to: 1000, seconds: 9 };
    const fuzz = [
      { ...run, readers: { plan: tally } },
      { ...run, seed: "b", slowestMs: 120, failed: 1, readers: {} },
    ];
    const page = pageOf({ fuzz });
    expect(page).toContain("2,000 inputs, 500 accepted, 1 failed; slowest 120 ms of CPU time");
    expect(page).toContain("| `plan` | 1,000 | 250 | 0 | 90 ms |");
  });

  test("of lines reached and mutants noticed is said folder by folder", () => {
    const coverage = {
      date: "2026-01-02",
      folders: { stats: { lines: 0.9725 }, des: { lines: 1 } },
    };
    expect(pageOf({ coverage })).toMatch(/\| stats 97\.3 %, des 100\.0 % \| 2026-01-02 \|/);
    const score = { score: 0.9, low: 0.85, high: 0.93, sampled: 150, mutants: 280 };
    expect(pageOf({ mutation: { date: "2026-01-02", folders: { des: score } } })).toContain(
      "| des 90.0 % (85.0 % to 93.0 %; 150 of 280 tried) |",
    );
  });
});

describe("a fault", () => {
  test("names a test that is there, and a commit", () => {
    expect(faults.length).toBeGreaterThan(20);
    expect(new Set(faults.map(({ fault }) => fault)).size).toBe(faults.length);
    for (const { commit, fault, test: held } of faults) {
      expect(commit, fault).toMatch(/^[0-9a-f]{12}$/);
      if (held !== null) expect(existsSync(held), fault).toBe(true);
    }
  });

  test("was mended by a commit of this history, where there is one", () => {
    const history = git("log", "--format=%H");
    // A package or a shallow clone has no history to look in.
    if (history === undefined || git("rev-parse", "--is-shallow-repository") === "true") return;
    const commits = new Set(history.split("\n").map((hash) => hash.slice(0, 12)));
    expect(faults.filter(({ commit }) => !commits.has(commit))).toEqual([]);
  });
});
