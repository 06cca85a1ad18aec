import { describe, expect, test } from "vitest";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { exampleWith } from "./example.ts";
import { refusalOf } from "./refusal.ts";

const messageOf = (text: string): string => refusalOf(() => parseWorkload(text, "w.yaml")).message;

describe("a file with one fault", () => {
  test.each([
    [
      "    wait: 0\n",
      "    wiat: 0\n",
      'w.yaml:8:5: stages.0.wait: missing, expected a duration such as "250ms", "20s" or "5m" or a distribution\nw.yaml:19:5: stages.0.wiat: unknown key "wiat"; did you mean "wait"?',
    ],
    ["bytes: 20MB", "bytes: -20MB", 'w.yaml:45:38: edges.0.bytes: must be at least 0, got "-20MB"'],
    [
      "bytes: 20MB",
      "bytes: 20 megs",
      'w.yaml:45:38: edges.0.bytes: expected a size such as "64KiB", "3.5MB" or "1GiB", got "20 megs"',
    ],
    [
      "from: split",
      "from: spilt",
      'w.yaml:46:13: edges.1.from: unknown stage "spilt"; did you mean "split"?',
    ],
    ["to: output", "to: split", "w.yaml:45:3: edges: cycle: split -> classify -> gather -> split"],
    ["workers: 3", "workers: 0", "w.yaml:22:14: stages.1.workers: must be at least 1, got 0"],
    [
      "workers: 3",
      "workers: 2.5",
      "w.yaml:22:14: stages.1.workers: expected a whole number, got 2.5",
    ],
    [
      "workers: 3",
      "workers: many",
      'w.yaml:22:14: stages.1.workers: expected a whole number of workers or a distribution, got "many"',
    ],
    [
      "workers: 3",
      "workers: 4",
      "w.yaml:29:22: stages.1.skew.content: expected 4 weights, one per worker, got a list of 3",
    ],
    [
      "content: 0.35",
      "content: [1, 2]",
      "w.yaml:43:22: stages.2.skew.content: a list of weights needs a constant number of workers",
    ],
    ["id: classify", "id: split", 'stages.1.id: stage "split" is defined twice'],
    [
      "serialFraction: 0.36",
      "serialFraction: 36",
      "stages.1.compute.serialFraction: must be at most 1, got 36",
    ],
    ["run: 0.03", "run: .nan", "stages.0.skew.run: expected a finite number, got .nan"],
    ["mb: 250", "mb: 1e400", "stages.0.package.mb: expected a finite number, got 1e400"],
    ["mb: 250", "mb: ", "stages.0.package.mb: expected a number, got nothing"],
    [
      "format: image",
      "format: imagee",
      'expected one of "zip", "image", got "imagee"; did you mean "image"?',
    ],
    [
      "p95: 58s",
      "p95: 50s",
      'stages.0.compute.byMemoryMb.1000.p95: quantiles must not descend, got "50s"',
    ],
    ["p95: 58s", "p50.0: 58s", "probabilities must ascend"],
    ["p95: 58s", "p101: 58s", 'expected a quantile such as "p50" or "p99.9", got "p101"'],
    [
      "[50s, 51s]",
      "[]",
      "stages.0.compute.byMemoryMb.1800: expected at least 1 in the list, got a list of 0",
    ],
    [
      "1800: [",
      "small: [",
      'w.yaml:16:9: stages.0.compute.byMemoryMb.small: expected a memory size in MB such as 1769, got "small"',
    ],
    [
      "sigma: 0.1",
      "sigma: -0.1",
      "stages.0.compute.byMemoryMb.5000.lognormal.sigma: must be at least 0, got -0.1",
    ],
    ["sigma: 0.1", "sigm: 0.1", 'lognormal.sigm: unknown key "sigm"; did you mean "sigma"?'],
    [
      "{ lognormal: {",
      "{ lognorml: {",
      'byMemoryMb.5000.lognorml: unknown key "lognorml"; did you mean "lognormal"?',
    ],
    ["{ mean: 20ms }", "{ mean: 0 }", "stages.1.wait.exponential.mean: must be more than 0, got 0"],
    [
      "{ exponential: { mean: 20ms } }",
      "{ pareto: { shape: 1, scale: 2 } }",
      "stages.1.wait.pareto.shape: must be more than 1, got 1",
    ],
    [
      "{ exponential: { mean: 20ms } }",
      "{ uniform: { min: 2s, max: 1s } }",
      'stages.1.wait.uniform.max: must be at least min, got "1s"',
    ],
    [
      "{ exponential: { mean: 20ms } }",
      "{ constant: 1, empirical: [2] }",
      "stages.1.wait: expected exactly one of constant, lognormal, gamma, weibull, pareto, uniform, exponential, empirical, quantiles, mixture, got constant, empirical",
    ],
    ["{ exponential: { mean: 20ms } }", "{}", "quantiles, mixture, got none"],
    ["[0.5, 1KB]", "[1.5, 1KB]", "edges.2.bytes.quantiles.1.0: must be at most 1, got 1.5"],
    ["weight: 3", "weight: 0", "stages.2.compute.cpu.mixture.0.weight: must be more than 0, got 0"],
    ["quantile: 0.95", "quantile: 95", "objective.quantile: must be less than 1, got 95"],
    [
      "poisson:6/m",
      "poisson:6",
      'w.yaml:5:11: arrivals: expected a positive rate such as "poisson:2/s" or "poisson:30/m", got "poisson:6"',
    ],
    ["poisson:6/m", "6", 'arrivals: expected arrivals such as "poisson:2/s"'],
    [
      "shape: scatter",
      "shape: pairwise",
      'edges.1.shape: pairwise edge "split->classify" needs equal fan-outs, got 1 and 3',
    ],
    [
      "path: stages.classify.compute",
      "path: stages.clasify.compute",
      'w.yaml:50:13: provenance.0.path: expected a path in this file, got "stages.clasify.compute"',
    ],
    [
      "tag: derived",
      "tag: guessed",
      'expected one of "measured", "derived", "assumed", got "guessed"',
    ],
    [
      "name: video-analytics",
      "name: a/b",
      'expected a name of letters, digits, spaces and _ . : -, got "a/b"',
    ],
    [
      "schema: wisefuse/workload@1",
      "schema: wisefuse/workload@2",
      'w.yaml:1:9: schema: expected "wisefuse/workload@1", got "wisefuse/workload@2"',
    ],
    [
      "schema: wisefuse/workload@1\n",
      "",
      'w.yaml:1:1: schema: missing, expected "wisefuse/workload@1"',
    ],
    ["source: made up for tests\n", "", "w.yaml:1:1: source: missing, expected a text"],
    ["description: Splits", "description: 7\nsource: 8 #", "is given twice"],
  ])("%j written as %j is refused", (before, after, message) => {
    expect(messageOf(exampleWith(before, after))).toContain(message);
  });

  test.each([
    "runtime: python3.9\n",
    "initCpu: 1.8s\n",
    "wait: 0\n",
    "skew: {",
    "memoryMb: {",
    "package: {",
  ])("no scientific number has a default: without %j it is refused", (field) => {
    const key = field.split(":")[0]!;
    expect(messageOf(exampleWith(`    ${field}`, `    # ${field}`))).toContain(
      `w.yaml:8:5: stages.0.${key}: missing, expected`,
    );
  });
});

describe("a file with many faults", () => {
  test("names all of them in the order of the text, also those of the graph", () => {
    const text = exampleWith("mb: 250", "mb: -1")
      .replace("to: gather, bytes", "to: gathr, bytes")
      .replace("workers: 3", "workers: 0")
      .replace("tag: derived", "tag: guessed");
    expect(messageOf(text).split("\n")).toEqual([
      "w.yaml:11:35: stages.0.package.mb: must be at least 0, got -1",
      "w.yaml:22:14: stages.1.workers: must be at least 1, got 0",
      'w.yaml:47:27: edges.2.to: unknown stage "gathr"; did you mean "gather"?',
      'w.yaml:50:43: provenance.0.tag: expected one of "measured", "derived", "assumed", got "guessed"',
    ]);
  });

  test("names 20 of them and counts the others", () => {
    const edges = Array.from(
      { length: 33 },
      () => "  - { from: input, to: split, bytes: 1, shape: odd }",
    );
    const text = exampleWith("edges:\n", `edges:\n${edges.join("\n")}\n`);
    const refusal = refusalOf(() => parseWorkload(text, "w.yaml"));
    expect(refusal.faults).toHaveLength(20);
    expect(refusal.faults[19]?.message).toMatch(/ \(and \d+ more faults\)$/);
    expect(refusal.code).toBe("workload");
  });
});

// Each place was looked for among all keys: 15 s.
test("a file of 50,000 unknown keys is refused by the first of them", () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`);
  const lines = messageOf(keys.join("")).split("\n");
  expect(lines).toHaveLength(20);
  expect(lines[10]).toMatch(/^w\.yaml:[2-9]:1: k\d: unknown key "k\d"; /);
});

test("an unknown key with line breaks is one fault", () => {
  const message = messageOf('"a\\nb\\nc": 1\nlost: 2\n');
  expect(message).toContain('w.yaml:1:1: a\\u000ab\\u000ac: unknown key "a\\nb\\nc"');
  expect(message).toContain('w.yaml:2:1: lost: unknown key "lost"');
  expect(message).not.toContain("undefined");
});

describe("a text that is no workload", () => {
  test.each([
    ["", "w.yaml:1:1: expected a mapping, got nothing"],
    ["just words", 'w.yaml:1:1: expected a mapping, got "just words"'],
    ["- 1\n- 2\n", "w.yaml:1:1: expected a mapping, got a list of 2"],
  ])("%j is refused", (text, message) => {
    expect(messageOf(text)).toBe(message);
  });
});
