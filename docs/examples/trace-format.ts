/** What `hyperfine --export-json` writes: wall times of commands, each of them a stage of its own. */

import { z } from "zod";
import { assembled, type StageFacts } from "../../src/trace/assembly.ts";
import { readJson } from "../../src/trace/json-source.ts";
import { measuredCompute } from "../../src/trace/measured-compute.ts";
import { Names, nameOfFile, safeName } from "../../src/trace/names.ts";
import { type TraceFormat, wholeText } from "../../src/trace/trace-format.ts";

const MS_PER_S = 1000;
const result = z.object({ command: z.string(), times: z.array(z.number().nonnegative()).min(1) });
const schema = z.object({ results: z.array(result).min(1) });

/** Hyperfine's benchmarks of commands that run one after the other. */
export const hyperfine: TraceFormat = {
  name: "hyperfine",
  description: "hyperfine benchmarks, the commands as a chain",
  files: "one file of --export-json",
  supplies: ["durations"],
  partly: { graph: "a chain in the order of the file" },
  async *read(files, options) {
    for (const file of files) {
      const { results } = readJson(schema, await wholeText(file), file.name);
      const names = new Names();
      const stages = results.map(({ command, times }): StageFacts => {
        const timesMs = Float64Array.from(times, (seconds) => seconds * MS_PER_S);
        const samples = new Map([[options.memoryMb ?? Number.NaN, timesMs]]);
        const fact = { tag: "measured", source: "times" } as const;
        return { id: names.of(command), compute: measuredCompute(samples, fact, options) };
      });
      const shape = {
        value: "gather",
        tag: "assumed",
        source: "one command after another",
      } as const;
      yield assembled({
        name: safeName(options.name ?? nameOfFile(file.name)),
        description: `${stages.length} commands.`,
        source: `hyperfine ${file.name}`,
        file: file.name,
        runtime: options.runtime,
        stages,
        edges: stages.slice(1).map(({ id }, i) => ({ from: stages[i]!.id, to: id, shape })),
      });
    }
  },
};
