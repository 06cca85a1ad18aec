import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/check.ts";
import { traceFormat } from "../../src/trace/index.ts";
import { fileOf, importFiles, importRefusal, outlineOf, SAMPLES } from "./importing.ts";

/** Format, name and text of a file that is wrong, and what is said of it. */
type Wrong = readonly [format: string, name: string, text: string, said: string | RegExp];

const AZURE = "app,func,end_timestamp,duration";
const RUN = "func,start,end,request_id";
const REPORT = "REPORT RequestId: 1";

const WRONG: readonly Wrong[] = [
  [
    "azure-2021",
    "a.csv",
    "",
    'a.csv: expected a header with "app", "func", "end_timestamp", "duration"',
  ],
  [
    "azure-2021",
    "a.csv",
    "app,func,end,duration\n",
    'a.csv:1:1: expected a column "end_timestamp"; known: app, func, end, duration',
  ],
  [
    "azure-2021",
    "a.csv",
    `${AZURE}\na,f,1.5,0.5\na,f,now,0.5\n`,
    'a.csv:3:5: end_timestamp: expected a number of at least 0, got "now"\na.csv: 1 of 2 rows cannot be used; --allow-bad-rows goes on without them',
  ],
  ["azure-2021", "a.csv", `${AZURE}\na,f,1.5,-1\n`, /^a\.csv:2:9: duration: .* got "-1"\n/],
  ["azure-2021", "a.csv", `${AZURE}\na,f\n`, /^a\.csv:2:5: end_timestamp: .* got no cell\n/],
  [
    "azure-2021",
    "a.csv",
    `${AZURE}\n,f,1,1\n`,
    /^a\.csv:2:1: app, func: expected a name, got ""\n/,
  ],
  [
    "azure-2019",
    "i.csv",
    "HashOwner,HashApp\n",
    'i.csv: expected a column "Trigger", "percentile_Average_50" or "AverageAllocatedMb"',
  ],
  [
    "azure-2019",
    "i.csv",
    "HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1,x\n",
    /^i\.csv:2:14: 2: expected a number of at least 0, got "x"\n/,
  ],
  [
    "azure-2019",
    "i.csv",
    "HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http,1\n",
    "i.csv: no function has both invocations and durations: 1 have invocations, 0 have durations; give both files of a day",
  ],
  ["run-csv", "r.csv", "func,start,end\n", /^r\.csv:1:1: expected a column "request_id"/],
  [
    "run-csv",
    "r.csv",
    `${RUN}\nf,2,1,r\n`,
    /^r\.csv:2:5: end: expected at least the start 2, got "1"\n/,
  ],
  ["run-csv", "r.csv", `${RUN}\n,1,2,r\n`, /^r\.csv:2:1: func: expected a name, got ""\n/],
  ["run-csv", "r.csv", `${RUN}\n`, "r.csv: holds no finished execution"],
  [
    "run-csv",
    "r.csv",
    `${RUN},parents\nf,1,2,r,g\ng,2,3,r,f\n`,
    "r.csv: edges: cycle: f -> g -> f",
  ],
  ["wfformat", "w.json", "[]", /^w\.json:1:1: expected a mapping, got a list of 0$/],
  [
    "wfformat",
    "w.json",
    '{"workflow": {"jobs": []}}',
    "w.json:1:23: workflow.jobs: WfFormat 1.2 and older are not read; convert with wfcommons to 1.4 or 1.5",
  ],
  [
    "wfformat",
    "w.json",
    '{"workflow": {"tasks": [\n{"name": "a", "runtimeInSeconds": -1}]}}',
    "w.json:2:35: workflow.tasks.0.runtimeInSeconds: must be at least 0, got -1",
  ],
  [
    "wfformat",
    "w.json",
    '{"workflow": {"tasks": [\n{"name": "a"}]}}',
    'w.json:2:1: workflow.tasks.0: task "a" has no runtime',
  ],
  [
    "wfformat",
    "w.json",
    '{"workflow": {"tasks": [\n{"name": "a", "runtimeInSeconds": 1, "children": ["b"]}]}}',
    'w.json:2:1: workflow.tasks.0: unknown task "b"',
  ],
  ["power-tuning", "p.json", "{}", /^p\.json: expected "stats" .* got neither/],
  [
    "power-tuning",
    "p.json",
    '{"lambdaARN": "x", "powerValues": [128]}',
    "p.json: is the input of a power tuning run, not its result: it names sizes and holds no times",
  ],
  [
    "power-tuning",
    "p.json",
    '{"stats": [{"value": 128, "averageDuration": 0}]}',
    "p.json:1:46: stats.0.averageDuration: must be more than 0, got 0",
  ],
  ["power-tuning", "p.txt", "https://lambda-power-tuning.show/", /expected a visualization URL/],
  [
    "power-tuning",
    "p.txt",
    "https://lambda-power-tuning.show/#gAAAAQ==;AAAA",
    /as many times as sizes, 2 of each/,
  ],
  ["report", "l.log", "START\n", 'l.log: holds no line with "REPORT RequestId:"'],
  [
    "report",
    "l.log",
    `x ${REPORT}\tDuration: 3 ms\n`,
    /^l\.log:1:3: REPORT: expected "Memory Size: … MB", got none\n/,
  ],
  ["otlp", "o.json", '{"resourceSpans": []}', "o.json: holds no span with a start and an end"],
  ["otlp", "o.json", "{}", "o.json:1:1: resourceSpans: missing, expected a list"],
  [
    "otlp",
    "o.jsonl",
    '{"resourceSpans": []}\n{"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}\n',
    /^o\.jsonl:2:47: resourceSpans\.0\.scopeSpans\.0\.spans\.0\.traceId: missing, expected a text/,
  ],
  ["jaeger", "j.json", '{"data": [{}]}', "j.json:1:11: data.0.spans: missing, expected a list"],
  [
    "zipkin",
    "z.json",
    "{}",
    /^z\.json:1:1: expected a list of spans, or of traces, got a mapping$/,
  ],
  ["xray", "x.json", '{"id": "1"}', /^x\.json:1:1: name: missing/],
  ["xray", "x.json", "[]", "x.json: holds no segment"],
  [
    "sfn-history",
    "s.json",
    '{"events": [{"id": 1, "type": "ExecutionStarted", "timestamp": "timestamp"}]}',
    's.json:1:64: events.0.timestamp: expected a time such as 2026-08-22T10:00:00Z, got "timestamp"',
  ],
  [
    "sfn-history",
    "s.json",
    '{"events": [{"id": 1, "type": "ExecutionStarted", "timestamp": 1790000000.5}]}',
    "s.json: holds no task that started and succeeded",
  ],
  [
    "jolteon",
    "j.json",
    "{}",
    /^j\.json: expected a profile and a stage graph .* got 1 files, no graph/,
  ],
  ["orion", "o.txt", "PCA:1\n", /^o\.txt: expected a name such as rsc_1000_1000_1000\.txt/],
  ["orion", "rsc_1000_2000.txt", "PCA:1\n", /with one size for all stages$/],
  [
    "orion",
    "rsc_1000.txt",
    "PCA:12 Sum:x\n",
    /^rsc_1000\.txt:1:8: expected stage times such as PCA:1500, got "Sum:x"\n/,
  ],
  ["orion", "rsc_1000.txt", "\n", "rsc_1000.txt: holds no stage times such as PCA:1500"],
  ["alibaba-2018", "b.csv", "M1,1\n", /^b\.csv:1:1: expected 9 cells, got 2\n/],
  [
    "alibaba-2018",
    "b.csv",
    "M1,0,j_1,1,Terminated,1,2,1,1\n",
    /^b\.csv:1:4: instance_num: expected a number, got "0"\n/,
  ],
  [
    "alibaba-2018",
    "b.csv",
    "M1,1,j_1,1,Terminated,1,2,1,1\nM1,1,j_2,1,Terminated,1,2,1,1\nR2_1,1,j_1,1,Terminated,1,2,1,1\n",
    'b.csv:3:1: job_name: rows of job "j_1" are not together; sort the file by its third column',
  ],
  [
    "alibaba-2018",
    "b.csv",
    "M1_2,1,j_1,1,Terminated,1,2,1,1\nR2_1,1,j_1,1,Terminated,1,2,1,1\n",
    /^b\.csv:1:1: job j_1: cycle: M1_2 -> R2_1 -> M1_2\n/,
  ],
];

describe("a file that is wrong is refused where it is wrong", () => {
  test.each(WRONG)("%s %s %j", async (format, name, text, said) => {
    const message = await importRefusal(format, { [name]: text });
    if (typeof said === "string") expect(message).toBe(said);
    else expect(message).toMatch(said);
  });

  test("an unknown format names the nearest", () => {
    expect(() => traceFormat("azure2021")).toThrow(
      new InputError("usage", 'unknown format "azure2021"; did you mean "azure-2021"?'),
    );
  });
});

describe("rows that cannot be used", () => {
  const good = Array.from({ length: 199 }, (_, i) => `a,f,${i + 1},0.5`);
  const text = [AZURE, ...good, "a,f,x,1"].join("\r\n");

  test("up to 1 % are left out and said to be", async () => {
    const { workloads, notes } = await importFiles("azure-2021", [fileOf("a.csv", text)]);
    expect(workloads[0]!.description).toContain("199 invocations");
    expect(notes).toEqual(["a.csv: 1 of 200 rows cannot be used; the first in line 201"]);
  });

  test("more are an error, with the first 20 in place, unless they are allowed", async () => {
    const worse = `${text}\r\n${Array.from({ length: 30 }, () => "a,f,,1").join("\n")}`;
    const said = await importRefusal("azure-2021", { "a.csv": worse });
    expect(said.split("\n")).toHaveLength(21);
    expect(said).toMatch(/a\.csv: 31 of 230 rows cannot be used; --allow-bad-rows/);
    const { notes } = await importFiles("azure-2021", [fileOf("a.csv", worse)], {
      allowBadRows: true,
    });
    expect(notes).toEqual(["a.csv: 31 of 230 rows cannot be used; the first in line 201"]);
  });
});

describe("what a file may lack or have besides", () => {
  test("columns may stand in any order, with others between and empty optional cells", async () => {
    const text =
      "\uFEFFprovider.init_duration,end,note,request_id,start,func,blob.download\r\n" +
      ",1790000001.5,x,r1,1790000000.5,a,\r\n300000,1790000011,y,r2,1790000010,a,64\r\n";
    const { workloads } = await importFiles("run-csv", [fileOf("r.csv", text)]);
    const { compute, initCpuMs } = workloads[0]!.profile["a"]!;
    expect(compute.kind === "cpu" && compute.cpuMs).toBe(1000);
    expect(initCpuMs).toBeCloseTo(207.2, 1);
  });

  test("an orchestrator's own row is no stage, and each file's runs are its own", async () => {
    const text = `${RUN}\nrun_workflow,0,9,r\na,1,2,r\nb,2.5,4,r\n`;
    const files = [fileOf("x.csv", text), fileOf("y.csv", text)];
    const { workloads } = await importFiles("run-csv", files);
    expect(workloads[0]!.workflow.stages).toEqual([
      { id: "a", workers: 1 },
      { id: "b", workers: 1 },
    ]);
    expect(workloads[0]!.workflow.edges.map(({ from, to }) => [from, to])).toEqual([["a", "b"]]);
  });

  test("stages that overlap in any run do not wait for each other", async () => {
    const text = `${RUN}\na,0,1,r\nb,2,3,r\nc,4,5,r\na,10,11,s\nc,14,15,s\nb,10.5,12,s\n`;
    const { workloads } = await importFiles("run-csv", [fileOf("x.csv", text)]);
    expect(workloads[0]!.workflow.edges.map(({ from, to }) => `${from}${to}`).toSorted()).toEqual([
      "ac",
      "bc",
    ]);
  });

  test("a stage that not every run has is said to be rare", async () => {
    const text = `${RUN}\na,0,1,r\nb,2,3,r\na,10,11,s\n`;
    const { notes } = await importFiles("run-csv", [fileOf("x.csv", text)]);
    expect(notes).toEqual(['stage "b" ran in 1 of 2 runs; the workload runs it in every one']);
  });

  test("nanoseconds beyond 2^53 keep their differences", async () => {
    const span = {
      traceId: "t",
      spanId: "s",
      name: "f",
      startTimeUnixNano: "1790000000000000001",
      endTimeUnixNano: "1790000000000001002",
    };
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
    const { workloads } = await importFiles("otlp", [fileOf("o.json", text, 4096)]);
    const { compute } = workloads[0]!.profile["f"]!;
    expect(compute.kind === "cpu" && compute.cpuMs).toBe(0.001);
  });

  test("spans of functions are known by the semantic conventions, and calls are not counted twice", async () => {
    const attributes = (...pairs: readonly (readonly [string, string])[]) =>
      pairs.map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const span = (id: string, parent: string, kind: number, ms: readonly [number, number]) => ({
      traceId: "t",
      spanId: id,
      parentSpanId: parent,
      name: "handler",
      kind,
      startTimeUnixNano: `${ms[0]}000000`,
      endTimeUnixNano: `${ms[1]}000000`,
    });
    const text = JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: attributes(["faas.name", "first"]) },
          scopeSpans: [
            {
              spans: [
                { ...span("1", "", 2, [0, 10]), attributes: attributes(["faas.trigger", "http"]) },
                {
                  ...span("2", "1", 3, [10, 99]),
                  attributes: attributes(["faas.trigger", "other"]),
                },
              ],
            },
          ],
        },
        {
          resource: { attributes: attributes(["faas.name", "second"]) },
          scopeSpans: [
            {
              spans: [
                {
                  ...span("3", "2", 2, [50, 90]),
                  attributes: attributes(["faas.invocation_id", "i"]),
                },
              ],
            },
          ],
        },
      ],
    });
    const { workloads, notes } = await importFiles("otlp", [fileOf("o.json", text, 4096)]);
    expect(outlineOf(workloads[0]!)).toEqual([
      "first x 1",
      "second x 1",
      "first -> second: pairwise 0",
    ]);
    expect(notes).toEqual([]);
  });

  test("an X-Ray segment that holds its own start is not counted twice", async () => {
    const segment = {
      id: "1",
      trace_id: "t",
      name: "f",
      origin: "AWS::Lambda::Function",
      start_time: 1790000000,
      end_time: 1790000001,
      subsegments: [
        { id: "2", name: "Initialization", start_time: 1790000000.1, end_time: 1790000000.4 },
      ],
    };
    const file = fileOf("x.json", JSON.stringify(segment), 4096);
    const { workloads } = await importFiles("xray", [file]);
    const { compute, initCpuMs } = workloads[0]!.profile["f"]!;
    expect(compute.kind === "cpu" && compute.cpuMs).toBeCloseTo(600, 1);
    expect(initCpuMs).toBeCloseTo(207.2, 1);
  });

  test("JSON may begin with a byte-order mark", async () => {
    const text = `\uFEFF${readFileSync(join(SAMPLES, "wfformat-1.5.json"), "utf8")}`;
    const { workloads } = await importFiles("wfformat", [fileOf("w.json", text, 4096)]);
    expect(workloads[0]!.workflow.stages).toHaveLength(6);
  });

  test("names that ours cannot be are changed, and stay different", async () => {
    const text = `${RUN}\ninput,0,1,r\na/b,2,3,r\na|b,4,5,r\n`;
    const { workloads } = await importFiles("run-csv", [fileOf("x.csv", text)]);
    expect(workloads[0]!.workflow.stages.map(({ id }) => id)).toEqual(["input_", "a_b", "a_b:2"]);
  });
});
