import { describe, expect, test } from "vitest";
import { chanceOf } from "../../src/trace/asl-choices.ts";
import { merged } from "../../src/trace/merge.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadText } from "../../src/trace/workload-text.ts";
import { fileOf, importFiles, importRefusal, importSample, outlineOf } from "./importing.ts";

const task = (next?: string) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  ...(next === undefined ? { End: true } : { Next: next }),
});

async function workloadOf(
  states: Readonly<Record<string, unknown>>,
  changed: Parameters<typeof importFiles>[2] = {},
) {
  const text = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  const { workloads, notes } = await importFiles(
    "asl",
    [fileOf("m.asl.json", text, 4096)],
    changed,
  );
  return { workload: workloads[0]!, notes };
}

const idsOf = ({ workload }: Awaited<ReturnType<typeof workloadOf>>) =>
  workload.workflow.stages.map(({ id }) => id);

test("tasks in a row are a chain; Pass and Succeed are nothing", async () => {
  const { workload } = await workloadOf({
    A: task("P"),
    P: { Type: "Pass", Next: "B" },
    B: task("S"),
    S: { Type: "Succeed" },
  });
  expect(outlineOf(workload)).toEqual(["A x 1", "B x 1", "A -> B: gather 0"]);
});

describe("a Map", () => {
  const inner = { StartAt: "X", States: { X: task("Y"), Y: task() } };

  test.each(["Iterator", "ItemProcessor"])("written with %s fans out by its items", async (key) => {
    const { workload } = await workloadOf(
      { A: task("M"), M: { Type: "Map", [key]: inner, Next: "B" }, B: task() },
      { items: new Map([["M", 30]]) },
    );
    expect(outlineOf(workload)).toEqual([
      "A x 1",
      "X x 30",
      "Y x 30",
      "B x 1",
      "A -> X: scatter 0",
      "X -> Y: pairwise 0",
      "Y -> B: gather 0",
    ]);
  });

  test("within a Map multiplies", async () => {
    const outer = { StartAt: "M", States: { M: { Type: "Map", Iterator: inner, End: true } } };
    const { workload } = await workloadOf(
      { N: { Type: "Map", Iterator: outer, End: true } },
      {
        items: new Map([
          ["M", 3],
          ["N", 5],
        ]),
      },
    );
    expect(outlineOf(workload)).toEqual(["X x 15", "Y x 15", "X -> Y: pairwise 0"]);
  });

  test("whose items nobody gave is assumed to have 10, and said to be", async () => {
    const { workload, notes } = await workloadOf({
      M: { Type: "Map", Iterator: inner, End: true },
    });
    expect(workload.workflow.stages[0]!.workers).toBe(10);
    expect(notes).toEqual([
      'Map "M": its items are not in the definition, 10 assumed; --items gives them',
    ]);
    expect(workload.provenance).toContainEqual({
      path: "stages",
      tag: "assumed",
      source: "workers: items of the Map states around it",
    });
  });
});

test("the branches of a Parallel run side by side, and the next state waits for all", async () => {
  const branch = (name: string) => ({ StartAt: name, States: { [name]: task() } });
  const { workload } = await workloadOf({
    A: task("P"),
    P: { Type: "Parallel", Branches: [branch("X"), branch("X"), branch("Y")], Next: "B" },
    B: task(),
  });
  expect(workload.workflow.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
    "A X",
    "A X:2",
    "A Y",
    "X B",
    "X:2 B",
    "Y B",
  ]);
});

describe("a Choice", () => {
  const states = {
    A: task("C"),
    C: { Type: "Choice", Choices: [{ Next: "X" }, { Next: "Bad" }], Default: "Y" },
    X: task("B"),
    Y: task("B"),
    Bad: { Type: "Fail" },
    B: task(),
  };

  test("leads to each branch with its chance, equal for those nobody gave", async () => {
    const even = await workloadOf(states);
    const chances = ({ workload }: typeof even) =>
      ["A", "X", "Y", "B"].map((id) => chanceOf(workload.profile[id]!.when ?? []));
    expect(chances(even)).toEqual([1, 0.5, 0.5, 1]);
    expect(even.notes.join()).toContain('Choice "C": 2 branches equally likely, assumed');
    const uneven = await workloadOf(states, { chances: new Map([["C->X", 0.9]]) });
    expect(chances(uneven)[1]).toBeCloseTo(0.9, 9);
    expect(chances(uneven)[2]).toBeCloseTo(0.1, 9);
    expect(uneven.workload.profile["X"]!.when).toEqual([{ choice: "C", within: [[0, 0.9]] }]);
  });

  test("never leads to where a run can only fail", async () => {
    expect(idsOf(await workloadOf(states))).toEqual(["A", "Y", "X", "B"]);
  });

  test("keeps its chance when times are merged into a branch", async () => {
    const { workload } = await workloadOf(states, { chances: new Map([["C->X", 0.25]]) });
    const part = await importSample("power-tuning", ["Scale.json"]);
    const filled = merged(workload, [{ workload: part, into: "X", shown: "Scale.yaml" }]);
    expect(filled.profile["X"]!.compute.kind).toBe("measured");
    expect(filled.profile["X"]!.when).toEqual(workload.profile["X"]!.when);
    expect(chanceOf(filled.profile["X"]!.when!)).toBe(0.25);
  });

  test("says of a merged stage what its times rest on, and no more what was assumed", async () => {
    const { workload } = await workloadOf({ A: task("B"), B: task() });
    const part = await importSample("power-tuning", ["Scale.json"]);
    const filled = merged(workload, [{ workload: part, into: "A", shown: "Scale.yaml" }]);
    const said = filled.provenance.filter(({ path }) => path.endsWith(".compute"));
    expect(said.map(({ path, tag }) => `${path} ${tag}`)).toEqual([
      "stages.B.compute assumed",
      "stages.A.compute derived",
    ]);
    expect(parseWorkload(workloadText(filled))).toEqual(filled);
  });

  test("refuses chances that do not add up, and names it does not have", async () => {
    const text = JSON.stringify({ StartAt: "A", States: states });
    const chances = (pairs: readonly (readonly [string, number])[]) =>
      importRefusal("asl", { "m.json": text }, { chances: new Map(pairs) });
    expect(
      await chances([
        ["C->X", 0.9],
        ["C->Y", 0.9],
      ]),
    ).toBe('--chances: chances of the branches of "C" must add up to 1, got 1.8');
    expect(await chances([["C->Z", 0.9]])).toBe('no Map or Choice of m.json is meant by "C->Z"');
  });
});

describe("a Wait", () => {
  test("is a stage of its seconds, billed as it is not, which is said", async () => {
    const { workload, notes } = await workloadOf({
      A: task("W"),
      W: { Type: "Wait", Seconds: 5, Next: "B" },
      B: task(),
    });
    expect(workload.profile["W"]!.waitMs).toBe(5000);
    expect(notes.join()).toContain("1 Wait states become stages");
  });

  test("without a number of seconds waits 0, which is said", async () => {
    const { workload, notes } = await workloadOf({
      W: { Type: "Wait", SecondsPath: "$.s", Next: "B" },
      B: task(),
    });
    expect(workload.profile["W"]!.waitMs).toBe(0);
    expect(notes.join()).toContain("no number of seconds, 0 assumed");
  });
});

test("a Retry waits between attempts when attempts are said to fail", async () => {
  const retried = { ...task(), Retry: [{ IntervalSeconds: 2, MaxAttempts: 2, BackoffRate: 3 }] };
  const never = await workloadOf({ A: retried });
  expect(never.workload.profile["A"]!.waitMs).toBe(0);
  const often = await workloadOf({ A: retried }, { failures: 0.1 });
  const { waitMs } = often.workload.profile["A"]!;
  // 90 % succeed at once, 9 % after 2 s, the last 1 % after 2 s and 6 s.
  expect(waitMs).toEqual({
    mixture: [
      { weight: 0.9, of: 0 },
      { weight: expect.closeTo(0.09, 12) as number, of: 2000 },
      { weight: expect.closeTo(0.01, 12) as number, of: 8000 },
    ],
  });
});

describe("a loop", () => {
  test("is refused with the names of its states", async () => {
    await expect(importSample("asl", ["poll-loop.asl.json"])).rejects.toThrow(
      /poll-loop\.asl\.json:13:19: States\.Wait a while: loop: Wait a while -> Look -> Ended\? -> Wait a while; a workflow has none, --unroll 2 runs it twice$/,
    );
  });

  test("is unrolled on request: earlier passes go round, the last one leaves", async () => {
    const workload = await importSample("asl", ["poll-loop.asl.json"], { unroll: 3 });
    expect(workload.workflow.edges.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      "Start job > Wait a while",
      "Wait a while > Look",
      "Look > Wait a while:2",
      "Wait a while:2 > Look:2",
      "Look:2 > Wait a while:3",
      "Wait a while:3 > Look:3",
      "Look:3 > Collect",
    ]);
  });

  test("that runs once is its body", async () => {
    const workload = await importSample("asl", ["poll-loop.asl.json"], { unroll: 1 });
    expect(workload.workflow.stages.map(({ id }) => id)).toEqual([
      "Start job",
      "Wait a while",
      "Look",
      "Collect",
    ]);
  });

  test("left in its middle does not run its rest in the last pass", async () => {
    const states = {
      A: task("C"),
      C: { Type: "Choice", Choices: [{ Next: "B" }], Default: "Z" },
      B: task("A"),
      Z: task(),
    };
    const { workload } = await workloadOf(states, { unroll: 2 });
    expect(workload.workflow.stages.map(({ id }) => id)).toEqual(["A", "B", "A:2", "Z"]);
  });
});

describe("a definition that is wrong is refused at its place", () => {
  test.each([
    ["{", /^m\.json:1:\d+: not valid YAML or JSON/],
    ['{"States": {}}', "m.json:1:1: StartAt: missing, expected a text"],
    [
      '{"StartAt": "A", "States": {"B": {"Type": "Task", "End": true}}}',
      'm.json:1:13: StartAt: unknown state "A"; did you mean "B"?',
    ],
    [
      '{"StartAt": "A", "States": {"A": {"Type": "Tsak", "End": true}}}',
      'm.json:1:43: States.A.Type: expected one of "Task", "Map", "Parallel", "Choice", "Pass", "Wait", "Succeed", "Fail", got "Tsak"; did you mean "Task"?',
    ],
    [
      '{"StartAt": "A", "States": {"A": {"Type": "Task", "Next": "C"}}}',
      'm.json:1:34: States.A: unknown state "C"; did you mean "A"?',
    ],
    [
      '{"StartAt": "A", "States": {"A": {"Type": "Map", "End": true}}}',
      "m.json:1:34: States.A: a Map needs an ItemProcessor or Iterator",
    ],
    [
      '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
      "m.json: has no Task or Wait state: nothing would run",
    ],
  ])("%s", async (text, message) => {
    const said = await importRefusal("asl", { "m.json": text });
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});
