import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { traceFileAt } from "../../src/cli/trace-files.ts";
import { meanOf, samplerOf } from "../../src/stats/families.ts";
import { parseWorkload } from "../../src/trace/workload-file.ts";
import { workloadText } from "../../src/trace/workload-text.ts";
import { traceFormats } from "../../src/trace/index.ts";
import { importFiles, importSample, outlineOf, SAMPLES } from "./importing.ts";

const EVERY: Readonly<Record<string, readonly string[]>> = {
  "run-csv": ["run.csv"],
  wfformat: ["wfformat-1.5.json", "wfformat-1.4.json"],
  "azure-2019": [
    "invocations_per_function_md.anon.d01.csv",
    "function_durations_percentiles.anon.d01.csv",
    "app_memory_percentiles.anon.d01.csv",
  ],
  "azure-2021": ["azure-2021.csv"],
  asl: ["thumbnails.asl.json"],
  "power-tuning": ["Scale.json", "power-tuning-url.txt"],
  report: ["report.log"],
  otlp: ["otlp.json"],
  jaeger: ["jaeger.json"],
  zipkin: ["zipkin.json"],
  xray: ["xray.jsonl"],
  "sfn-history": ["sfn-history.json"],
  jolteon: ["jolteon_profile.json", "jolteon.json"],
  orion: ["rsc_1024_1024_1024.txt", "rsc_3008_3008_3008.txt"],
  "alibaba-2018": ["batch_task.csv"],
};

describe("the sample of each format", () => {
  test("is there for every format", () => {
    expect(Object.keys(EVERY)).toEqual(traceFormats.map((format) => format.name));
  });

  test.each(traceFormats.map((format) => format.name))(
    "%s gives workloads that are whole, tagged, and come back from their text",
    async (format) => {
      const files = EVERY[format]!.map((name) => traceFileAt(join(SAMPLES, name)));
      const { workloads } = await importFiles(format, files);
      expect(workloads.length).toBeGreaterThan(0);
      for (const workload of workloads) {
        expect(parseWorkload(workloadText(workload))).toEqual(workload);
        const tags = new Set(workload.provenance.map((entry) => entry.tag));
        expect([...tags]).toContain("assumed");
        expect(workload.provenance.some((entry) => entry.path === "stages")).toBe(true);
      }
    },
  );
});

describe("executions that were observed", () => {
  const THUMBNAILS = [
    "list x 1",
    "scale x 4",
    "index x 1",
    "list -> scale: scatter 8000000",
    "scale -> index: gather 600000",
    "input -> list: scatter 8000000",
    "index -> output: gather 620000",
  ];

  test("as run CSV give graph, fan-out, bytes, and handler starts", async () => {
    const workload = await importSample("run-csv", ["run.csv"]);
    expect(outlineOf(workload)).toEqual(THUMBNAILS);
    expect(workload.profile["scale"]!.initCpuMs).toBe(400);
    expect(workload.profile["index"]!.compute).toEqual({
      kind: "measured",
      sizes: [{ memoryMb: 1769, timeMs: 80 }],
    });
  });

  test("as SeBS-Flow writes them have their memory in the file's name and no parents", async () => {
    const workload = await importSample("run-csv", ["warm_512.csv"]);
    expect(outlineOf(workload)).toEqual(THUMBNAILS);
    expect(workload.profile["scale"]!.memoryMb).toEqual({ runtime: 0, worker: 140 });
    const { compute } = workload.profile["scale"]!;
    expect(compute.kind === "measured" && compute.sizes.map((size) => size.memoryMb)).toEqual([
      512,
    ]);
    expect(workload.arrivals).toEqual({
      kind: "timestamps",
      atMs: [0, 40_000, 80_000, 120_000, 160_000, 200_000, 240_000, 280_000],
    });
  });

  test("as OTLP come to the same workload as run CSV of the same runs", async () => {
    const csv = await importSample("run-csv", ["run.csv"]);
    const otlp = await importSample("otlp", ["otlp.json"]);
    expect(otlp.workflow.edges).toEqual(csv.workflow.edges);
    expect(otlp.profile["scale"]!.initCpuMs).toBe(400);
  });

  test("as Jaeger, Zipkin and X-Ray spans of the same runs come to the same times", async () => {
    const jaeger = await importSample("jaeger", ["jaeger.json"]);
    const zipkin = await importSample("zipkin", ["zipkin.json"]);
    const xray = await importSample("xray", ["xray.jsonl"]);
    expect(outlineOf(jaeger)).toEqual([
      "list x 1",
      "scale x 4",
      "index x 1",
      "list -> scale: scatter 0",
      "scale -> index: gather 0",
    ]);
    for (const other of [zipkin, xray]) {
      expect(other.workflow.stages).toEqual(jaeger.workflow.stages);
      expect(other.profile["scale"]!.compute).toEqual(jaeger.profile["scale"]!.compute);
      expect(other.arrivals).toEqual(jaeger.arrivals);
    }
    // 300 ms of Initialization less the 92.8 ms that Python itself takes.
    expect(xray.profile["list"]!.initCpuMs).toBeCloseTo(207.2, 1);
  });

  test("in a Step Functions history follow the chain of events through a Map", async () => {
    const workload = await importSample("sfn-history", ["sfn-history.json"]);
    expect(outlineOf(workload).slice(0, 5)).toEqual([
      "list x 1",
      "scale x 4",
      "index x 1",
      "list -> scale: scatter 60",
      "scale -> index: gather 15",
    ]);
    expect(meanOf(cpuOf(workload.profile["scale"]!))).toBeCloseTo((778 + 857 + 877 + 882) / 4, 6);
  });
});

describe("profiles", () => {
  test("of one size are taken for one thread on request, so that other sizes can be planned", async () => {
    const kept = await importSample("run-csv", ["warm_512.csv"]);
    const freed = await importSample("run-csv", ["warm_512.csv"], { oneThread: true });
    const { compute } = kept.profile["index"]!;
    if (compute.kind !== "measured") throw new Error("expected measured sizes");
    const share = 512 / 1769;
    expect(meanOf(cpuOf(freed.profile["index"]!))).toBeCloseTo(
      share * meanOf(compute.sizes[0]!.timeMs),
      2,
    );
    expect(freed.provenance).toContainEqual({
      path: "stages",
      tag: "derived",
      source: "compute: end less start, transfers included; one CPU-bound thread assumed",
    });
  });

  test("of Lambda Power Tuning are the same from its JSON and from its URL", async () => {
    const json = await importSample("power-tuning", ["Scale.json"]);
    const url = await importSample("power-tuning", ["power-tuning-url.txt"], { name: "Scale" });
    expect(json.profile["Scale"]!.compute).toEqual({
      kind: "measured",
      sizes: [
        [128, 11_200],
        [256, 5480],
        [512, 2710],
        [1024, 1330],
        [1769, 772],
        [3008, 770],
      ].map(([memoryMb, mean]) => ({ memoryMb, timeMs: { lognormal: { mean, cv: 0.1 } } })),
    });
    expect(url.profile).toEqual(json.profile);
  });

  test("of REPORT lines have a time for every line, and starts from the cold ones", async () => {
    const workload = await importSample("report", ["report.log"]);
    expect(workload.description).toBe("One function, 30 invocations, 3 of them cold.");
    const { compute, initCpuMs, memoryMb } = workload.profile["report"]!;
    expect(compute.kind === "measured" && compute.sizes[0]!.memoryMb).toBe(1769);
    expect(initCpuMs).toBeGreaterThan(180);
    expect(memoryMb.worker).toBeLessThanOrEqual(121);
  });

  test("of Jolteon keep mean and P95 over the workers at each memory size", async () => {
    const workload = await importSample("jolteon", ["jolteon_profile.json", "jolteon.json"]);
    expect(workload.workflow.stages.map(({ workers }) => workers)).toEqual([1, 8, 1]);
    const { compute } = workload.profile["stage1"]!;
    if (compute.kind !== "measured") throw new Error("expected measured sizes");
    expect(compute.sizes.map((size) => size.memoryMb)).toEqual([
      1024, 1792, 3584, 5120, 6144, 7168,
    ]);
    const { timeMs } = compute.sizes[1]!;
    expect(samplerOf(timeMs)(0.95) / meanOf(timeMs)).toBeCloseTo(1.12, 2);
  });

  test("of ORION keep every run", async () => {
    const workload = await importSample("orion", EVERY["orion"]!);
    expect(workload.workflow.stages.map(({ id }) => id)).toEqual(["List", "Scale", "Index"]);
    const { compute } = workload.profile["Scale"]!;
    if (compute.kind !== "measured") throw new Error("expected measured sizes");
    expect(compute.sizes.map((size) => size.memoryMb)).toEqual([1024, 3008]);
  });
});

describe("populations", () => {
  test("of Azure 2019 have a workload per function, the most called first", async () => {
    const files = EVERY["azure-2019"]!.map((name) => traceFileAt(join(SAMPLES, name)));
    const { workloads } = await importFiles("azure-2019", files);
    const calls = workloads.map(({ arrivals }) =>
      arrivals?.kind === "timestamps" ? arrivals.atMs.length : 0,
    );
    expect(workloads).toHaveLength(3);
    expect(calls).toEqual(calls.toSorted((a, b) => b - a));
    expect(calls).toContain(96);
    expect(workloads[0]!.profile["function"]!.memoryMb).toEqual({ runtime: 0, worker: 210 });
    const timer = workloads.find(({ description }) => description.includes("timer"))!;
    expect(timer.arrivals).toMatchObject({
      atMs: expect.arrayContaining([30_000, 930_000]) as unknown,
    });
    const limited = await importFiles("azure-2019", files, { limit: 1 });
    expect(limited.workloads).toEqual(workloads.slice(0, 1));
  });

  test("of Azure 2021 have every call at its time", async () => {
    const file = traceFileAt(join(SAMPLES, "azure-2021.csv"));
    const { workloads } = await importFiles("azure-2021", [file]);
    expect(workloads).toHaveLength(3);
    const calls = workloads.map(({ arrivals }) =>
      arrivals?.kind === "timestamps" ? arrivals.atMs.length : 0,
    );
    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(80);
  });

  test("of Alibaba follow the names of tasks, and leave out jobs that have not ended", async () => {
    const file = traceFileAt(join(SAMPLES, "batch_task.csv"));
    const { workloads, notes } = await importFiles("alibaba-2018", [file]);
    expect(workloads.map(({ name }) => name)).toEqual(["j_1", "j_2", "j_3"]);
    expect(outlineOf(workloads[0]!)).toEqual([
      "M1 x 4",
      "M2 x 2",
      "J3_1_2 x 8",
      "R4_3 x 1",
      "M1 -> J3_1_2: shuffle 0",
      "M2 -> J3_1_2: shuffle 0",
      "J3_1_2 -> R4_3: shuffle 0",
    ]);
    expect(notes.join()).toContain("1 jobs have unfinished or failed tasks");
  });
});

function cpuOf(profile: Awaited<ReturnType<typeof importSample>>["profile"][string]) {
  if (profile.compute.kind !== "cpu") throw new Error("expected CPU time");
  return profile.compute.cpuMs;
}
