/** ORION's profile files, rsc_A_B_C.txt: a run a line, the ms of every stage as Name:ms. */

import { InputError } from "../check.ts";
import { assembled, type StageFacts } from "./assembly.ts";
import { nameOfFile, safeName } from "./names.ts";
import { measuredCompute } from "./measured-compute.ts";
import { RowTally } from "./row-tally.ts";
import { NumberColumn } from "./samples.ts";
import { type TraceFile, type TraceFormat, wholeText, writtenLines } from "./trace-format.ts";

// The whole run is printed among the stages, twice.
const WHOLE = "E2E";

type Times = Map<string, Map<number, NumberColumn>>;

/** ORION profiles. */
export const orion: TraceFormat = {
  name: "orion",
  description: "ORION profile runs, rsc_<MB>_<MB>_<MB>.txt",
  files: "one file per memory size",
  supplies: ["durations", "scaling"],
  partly: { graph: "names of stages; their order is assumed" },
  async *read(files, options) {
    const times: Times = new Map();
    for (const file of files) {
      const tally = new RowTally(file.name);
      addRuns(times, await wholeText(file), sizeOf(file), tally);
      tally.close(options);
    }
    const ids = [...times.keys()];
    if (ids.length === 0)
      throw new InputError("workload", "holds no stage times such as PCA:1500", files[0]!.name);
    yield assembled({
      name: safeName(options.name ?? nameOfFile(files[0]!.name)),
      description: `${ids.length} stages at ${files.length} memory sizes.`,
      source: `ORION profile ${files.map((file) => file.name).join(", ")}`,
      runtime: options.runtime,
      stages: ids.map(
        (id): StageFacts => ({
          id,
          workers: {
            value: 1,
            tag: "assumed",
            source: "times are of whole stages, not of workers",
          },
          compute: measuredCompute(
            new Map([...times.get(id)!].map(([mb, sample]) => [mb, sample.values()] as const)),
            {
              tag: "measured",
              source: "stage times of each run, slowest worker and transfers included",
            },
            options,
          ),
        }),
      ),
      edges: ids.slice(1).map((id, i) => ({
        from: ids[i]!,
        to: id,
        shape: { value: "gather", tag: "assumed", source: "a chain, in the order of the names" },
      })),
    });
  },
};

function addRuns(times: Times, text: string, memoryMb: number, tally: RowTally): void {
  for (const { text: line, line: number } of writtenLines(text)) {
    tally.row();
    const tokens = tokensOf(line);
    const wrong = tokens.find(({ ms }) => !(ms > 0));
    if (tokens.length === 0 || wrong !== undefined) {
      const found = wrong?.written ?? line.slice(0, 40);
      const column = (wrong?.at ?? 0) + 1;
      tally.fault(number, column, "", `expected stage times such as PCA:1500, got "${found}"`);
      continue;
    }
    for (const { name, ms } of tokens) {
      if (name === WHOLE) continue;
      const stage = safeName(name);
      const sizes = times.get(stage) ?? new Map<number, NumberColumn>();
      times.set(stage, sizes);
      const sample = sizes.get(memoryMb) ?? new NumberColumn();
      sizes.set(memoryMb, sample);
      sample.push(ms);
    }
  }
}

interface Token {
  readonly written: string;
  /** Where in its line, from 0. */
  readonly at: number;
  readonly name: string;
  readonly ms: number;
}

// Name:ms, told apart at the last colon that something follows; words without one count for nothing.
function tokensOf(line: string): readonly Token[] {
  return [...line.matchAll(/\S+/g)].flatMap(({ 0: written, index: at }) => {
    const colon = written.lastIndexOf(":", written.length - 2);
    if (colon < 1) return [];
    return [{ written, at, name: written.slice(0, colon), ms: Number(written.slice(colon + 1)) }];
  });
}

// Which of three unequal sizes is whose is not written anywhere.
function sizeOf(file: TraceFile): number {
  const sizes = /rsc_(\d+(?:_\d+)*)\.txt/.exec(file.name)?.[1]?.split("_");
  if (sizes === undefined || new Set(sizes).size > 1)
    throw new InputError(
      "workload",
      "expected a name such as rsc_1000_1000_1000.txt, with one size for all stages",
      file.name,
    );
  return Number(sizes[0]);
}
