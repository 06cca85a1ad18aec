/** WfCommons WfFormat 1.5 and 1.4: a scientific workflow that ran, with its files and runtimes. */

import { z } from "zod";
import { assembled, type EdgeFacts, oneThread, type StageFacts } from "./assembly.ts";
import { jsonSource, readSource } from "./json-source.ts";
import { nameOfFile, Names, safeName } from "./names.ts";
import { faultAt, refuse } from "./faults.ts";
import { type ImportOptions, type TraceFormat, wholeText } from "./trace-format.ts";
import type { SourceDocument } from "./document.ts";
import type { Workload } from "./workload.ts";

const runtime = z.number().min(0);

const specified = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  schemaVersion: z.string().optional(),
  workflow: z.object({
    specification: z.object({
      tasks: z
        .array(
          z.object({
            id: z.string(),
            parents: z.array(z.string()).default([]),
            children: z.array(z.string()).default([]),
            inputFiles: z.array(z.string()).nullish(),
            outputFiles: z.array(z.string()).nullish(),
          }),
        )
        .min(1),
      files: z.array(z.object({ id: z.string(), sizeInBytes: z.number().min(0) })).nullish(),
    }),
    execution: z.object({
      tasks: z.array(
        z.object({
          id: z.string(),
          runtimeInSeconds: runtime,
          memoryInBytes: z.number().min(0).nullish(),
        }),
      ),
    }),
  }),
});

const flat = z.object({
  name: z.string().nullish(),
  description: z.string().nullish(),
  schemaVersion: z.string().optional(),
  workflow: z.object({
    tasks: z
      .array(
        z.object({
          name: z.string(),
          parents: z.array(z.string()).default([]),
          children: z.array(z.string()).default([]),
          runtimeInSeconds: runtime.optional(),
          runtime: runtime.optional(),
          memoryInBytes: z.number().min(0).nullish(),
          files: z
            .array(
              z.object({
                link: z.enum(["input", "output"]),
                name: z.string(),
                sizeInBytes: z.number().min(0).optional(),
                size: z.number().min(0).optional(),
              }),
            )
            .default([]),
        }),
      )
      .min(1),
  }),
});

/** A task, whichever version told of it. */
interface Task {
  readonly id: string;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly runtimeMs: number | undefined;
  readonly memoryBytes: number | undefined;
}

interface Instance {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly tasks: readonly Task[];
  readonly bytesOf: ReadonlyMap<string, number>;
  /** Where the list of tasks is, for faults. */
  readonly path: readonly string[];
}

/** WfFormat. */
export const wfformat: TraceFormat = {
  name: "wfformat",
  description: "WfCommons instances, WfFormat 1.5 and 1.4",
  files: "one or more .json; each gives a workload",
  supplies: ["graph", "fan-out", "bytes"],
  partly: { durations: "one time a task" },
  async *read(files, options) {
    for (const file of files) {
      const source = jsonSource(await wholeText(file), file.name);
      yield workloadOf(instanceOf(source), source, options);
    }
  },
};

function workloadOf(instance: Instance, source: SourceDocument, options: ImportOptions): Workload {
  const file = source.file ?? "";
  const names = new Names();
  const { tasks, bytesOf } = instance;
  const faults = tasks.flatMap((task, i) =>
    task.runtimeMs === undefined
      ? [faultAt(source, [...instance.path, i], `task "${task.id}" has no runtime`)]
      : [],
  );
  if (faults.length > 0) refuse("workload", faults, source);
  const edges = edgesOf(tasks, bytesOf, names, source, instance.path);
  const used = tasks.filter((task) => task.memoryBytes !== undefined);
  const kilo = used.length > 0 && used.every(({ memoryBytes }) => memoryBytes! < KILOBYTES_BELOW);
  if (kilo) options.note(`${file}: memoryInBytes are below 1 MB everywhere; taken for kilobytes`);
  return assembled({
    name: safeName(options.name ?? instance.name ?? nameOfFile(file)),
    description: instance.description ?? "A scientific workflow run.",
    source: `WfFormat instance ${file}`,
    file,
    runtime: options.runtime,
    stages: tasks.map(
      (task): StageFacts => ({
        id: names.of(task.id),
        workers: { value: 1, tag: "measured", source: "a stage for each task" },
        compute: {
          value: oneThread(task.runtimeMs!),
          tag: "measured",
          source: "runtimeInSeconds, the one time the task ran; one thread assumed",
        },
        memoryMb:
          task.memoryBytes === undefined
            ? undefined
            : {
                value: { runtime: 0, worker: (task.memoryBytes * (kilo ? 1000 : 1)) / 1e6 },
                tag: kilo ? "derived" : "measured",
                source: kilo ? "memoryInBytes, taken for kilobytes" : "memoryInBytes",
              },
      }),
    ),
    edges,
  });
}

// A process that touches less than a megabyte does not exist; some writers gave kilobytes.
const KILOBYTES_BELOW = 1_000_000;

// Stored files that no task writes are the input; those that no task reads are the output.
function edgesOf(
  tasks: readonly Task[],
  bytesOf: ReadonlyMap<string, number>,
  names: Names,
  source: SourceDocument,
  path: readonly string[],
): readonly EdgeFacts[] {
  const known = new Set(tasks.map((task) => task.id));
  const children = new Map(tasks.map((task) => [task.id, new Set<string>()]));
  const faults = tasks.flatMap((task, i) =>
    [...task.parents, ...task.children]
      .filter((other) => !known.has(other))
      .map((other) => faultAt(source, [...path, i], `unknown task "${other}"`)),
  );
  if (faults.length > 0) refuse("workload", faults, source);
  for (const task of tasks) {
    for (const parent of task.parents) children.get(parent)!.add(task.id);
    for (const child of task.children) children.get(task.id)!.add(child);
  }
  const sum = (files: Iterable<string>) => {
    let bytes = 0;
    for (const one of files) bytes += bytesOf.get(one) ?? 0;
    return bytes;
  };
  const written = new Set(tasks.flatMap((task) => task.outputs));
  const read = new Set(tasks.flatMap((task) => task.inputs));
  const inputsOf = new Map(tasks.map((task) => [task.id, new Set(task.inputs)]));
  const edge = (from: string, to: string, bytes: number): EdgeFacts => ({
    from,
    to,
    shape: { value: "gather", tag: "derived", source: "one task to one task" },
    bytes: { value: bytes, tag: "measured", source: "files the one writes and the other reads" },
  });
  return tasks.flatMap((task) => {
    const id = names.of(task.id);
    const own = new Set(task.outputs);
    const fromStore = sum([...inputsOf.get(task.id)!].filter((one) => !written.has(one)));
    const toStore = sum([...own].filter((one) => !read.has(one)));
    return [
      ...(fromStore > 0 ? [edge("input", id, fromStore)] : []),
      ...[...children.get(task.id)!].map((child) =>
        edge(id, names.of(child), sum([...own].filter((one) => inputsOf.get(child)!.has(one)))),
      ),
      ...(toStore > 0 ? [edge(id, "output", toStore)] : []),
    ];
  });
}

function instanceOf(source: SourceDocument): Instance {
  const { value } = source;
  const workflow =
    typeof value === "object" && value !== null && "workflow" in value ? value.workflow : undefined;
  const hasSpecification =
    typeof workflow === "object" && workflow !== null && "specification" in workflow;
  if (typeof workflow === "object" && workflow !== null && "jobs" in workflow)
    refuse(
      "workload",
      [
        faultAt(
          source,
          ["workflow", "jobs"],
          "WfFormat 1.2 and older are not read; convert with wfcommons to 1.4 or 1.5",
        ),
      ],
      source,
    );
  return hasSpecification ? specifiedInstance(source) : flatInstance(source);
}

function specifiedInstance(source: SourceDocument): Instance {
  const { name, description, workflow } = readSource(specified, source);
  const { specification, execution } = workflow;
  const ran = new Map(execution.tasks.map((task) => [task.id, task]));
  return {
    name: name ?? undefined,
    description: description ?? undefined,
    path: ["workflow", "specification", "tasks"],
    bytesOf: new Map((specification.files ?? []).map((one) => [one.id, one.sizeInBytes])),
    tasks: specification.tasks.map((task) => ({
      id: task.id,
      parents: task.parents,
      children: task.children,
      inputs: task.inputFiles ?? [],
      outputs: task.outputFiles ?? [],
      runtimeMs: msOf(ran.get(task.id)?.runtimeInSeconds),
      memoryBytes: ran.get(task.id)?.memoryInBytes ?? undefined,
    })),
  };
}

function flatInstance(source: SourceDocument): Instance {
  const { name, description, workflow } = readSource(flat, source);
  const { tasks } = workflow;
  const files = tasks.flatMap((task) => task.files);
  const linked = (task: (typeof tasks)[number], link: "input" | "output") =>
    task.files.filter((one) => one.link === link).map((one) => one.name);
  return {
    name: name ?? undefined,
    description: description ?? undefined,
    path: ["workflow", "tasks"],
    bytesOf: new Map(files.map((one) => [one.name, one.sizeInBytes ?? one.size ?? 0])),
    tasks: tasks.map((task) => ({
      id: task.name,
      parents: task.parents,
      children: task.children,
      inputs: linked(task, "input"),
      outputs: linked(task, "output"),
      runtimeMs: msOf(task.runtimeInSeconds ?? task.runtime),
      memoryBytes: task.memoryInBytes ?? undefined,
    })),
  };
}

function msOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
