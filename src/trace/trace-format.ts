/** What an importer is: a name, what its format can and cannot supply, and a reader of files. */

import { InputError } from "../check.ts";
import type { Workload } from "./workload.ts";

/** A file handed to an importer, wherever it lies and however it was compressed. */
export interface TraceFile {
  /** As shown to people and as the source of what its name tells, such as a memory size. */
  readonly name: string;
  /** Its text from the beginning, in pieces that may end anywhere; at each call from the start. */
  chunks(): AsyncIterable<string>;
}

/** What a workload is made of, in the order of the table of formats. */
export const SUBJECTS = [
  "graph",
  "fan-out",
  "durations",
  "scaling",
  "cold start",
  "bytes",
  "arrivals",
] as const;

/** One thing that a workload is made of. */
export type Subject = (typeof SUBJECTS)[number];

/** How to read a file, where it leaves a choice; what is left out is assumed, and tagged so. */
export interface ImportOptions {
  /** Name of the workload; by default from the file. */
  readonly name?: string | undefined;
  /** Language runtime of every stage whose runtime is not written. */
  readonly runtime: string;
  /** Go on when more than 1 % of the rows cannot be used. */
  readonly allowBadRows: boolean;
  /** Workloads to keep of a population. */
  readonly limit?: number | undefined;
  /** Memory of the functions where the file does not say, MB. */
  readonly memoryMb?: number | undefined;
  /** Take times at some sizes for those of one CPU-bound thread, so that any size can be planned. */
  readonly oneThread: boolean;
  /** Coefficient of variation where a format gives means only. */
  readonly cv: number;
  /** Parallel workers to take from a profile measured with several. */
  readonly workers?: number | undefined;
  /** Items of Map states by name; "" for all others. */
  readonly items: ReadonlyMap<string, number>;
  /** Chance of a Choice's branch, by `State->Next`. */
  readonly chances: ReadonlyMap<string, number>;
  /** How often a loop's body runs; without it a loop is refused. */
  readonly unroll?: number | undefined;
  /** Chance that one attempt of a task fails and is retried. */
  readonly failures: number;
  /** Receives what a person should know of what was read, a line each. */
  readonly note: (text: string) => void;
}

/** A foreign format. */
export interface TraceFormat {
  readonly name: string;
  /** What it is, in a few words. */
  readonly description: string;
  /** What files to give. */
  readonly files: string;
  readonly supplies: readonly Subject[];
  /** What it supplies in part, and which part. */
  readonly partly: Readonly<Partial<Record<Subject, string>>>;
  /**
   * The workloads the files hold, one after the other.
   * @throws InputError syntax or workload, with the place in the file.
   */
  read(files: readonly TraceFile[], options: ImportOptions): AsyncIterable<Workload>;
}

/** What a format cannot supply, even in part: all of it is assumed, and tagged so. */
export function cannotSupply(format: TraceFormat): readonly Subject[] {
  return SUBJECTS.filter(
    (subject) => !format.supplies.includes(subject) && !(subject in format.partly),
  );
}

/** A text that is read whole takes ten times its length in memory. */
const WHOLE_LENGTH_MAX = 1 << 26;

/**
 * The whole text of a file.
 * @throws InputError file, for more than 64 million characters.
 */
export async function wholeText(file: TraceFile, lengthMax = WHOLE_LENGTH_MAX): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of file.chunks()) {
    parts.push(chunk);
    length += chunk.length;
    if (length > lengthMax) {
      const parted = lengthMax === WHOLE_LENGTH_MAX ? "; give its parts as several files" : "";
      const message = `is longer than ${lengthMax} characters${parted}`;
      throw new InputError("file", message, file.name);
    }
  }
  return parts.join("");
}

/** A line of a text that is not blank, and its number from 1. */
export interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

/** The lines of a text that are not blank; those that are take no memory. */
export function* writtenLines(text: string): Generator<NumberedLine> {
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const next = text.indexOf("\n", at);
    const end = next < 0 ? text.length : next;
    const written = text.slice(at, end);
    if (written.trim() !== "") yield { text: written, line };
    at = end + 1;
  }
}
