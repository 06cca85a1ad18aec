/** The two sorts of failure: `assert` for our bugs, `InputError` for what a caller or a file got wrong. */

/** One thing wrong with the input: where it is, what was expected, what was found. */
export interface InputFault {
  /** Path inside the input, such as `stages.1.memoryMb`, or `--slo`; empty when the whole is meant. */
  readonly where: string;
  /** Lower-case sentence with the offending value in it. */
  readonly message: string;
  /** 1-based position in a text file, when there is one. */
  readonly line?: number;
  readonly column?: number;
}

/** What went wrong, as a code a program can branch on. */
export type InputErrorCode =
  | "usage"
  | "file"
  | "syntax"
  | "workload"
  | "workflow"
  | "plan"
  | "platform"
  | "policy"
  | "experiment"
  | "distribution";

/** The caller's mistake. Carries every fault found at once; never wraps a bug of ours. */
export class InputError extends Error {
  readonly code: InputErrorCode;
  readonly faults: readonly InputFault[];
  /** File the faults are in, when there is one. */
  readonly file: string | undefined;

  constructor(code: InputErrorCode, faults: readonly InputFault[] | string, file?: string) {
    const all = typeof faults === "string" ? [{ where: "", message: faults }] : faults;
    super(all.map((fault) => faultLine(fault, file)).join("\n"));
    this.name = "InputError";
    this.code = code;
    this.faults = all;
    this.file = file;
  }
}

/** One line for one fault: `file:line:column: path: message`. */
function faultLine(fault: InputFault, file?: string): string {
  const place = [file, fault.line, fault.column].filter((part) => part !== undefined).join(":");
  return [place, fault.where, fault.message].filter((part) => part !== "").join(": ");
}

/** Throws when `condition` is false: the program, not its input, is wrong. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** The candidate within two edits of `name` (or a third of its length), or undefined. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean "x"?` when a candidate is near, otherwise the list of valid names. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === undefined ? `; known: ${candidates.join(", ")}` : `; did you mean "${near}"?`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
