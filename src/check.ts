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
    const shown = all.slice(0, FAULTS_SHOWN).map((fault) => faultLine(fault, file));
    const more = all.length - shown.length;
    super([...shown, ...(more > 0 ? [`and ${more} more faults`] : [])].join("\n"));
    this.name = "InputError";
    this.code = code;
    this.faults = all;
    this.file = file;
  }
}

// A file's first 20, and what is said of all of them.
const FAULTS_SHOWN = 21;
const PART_SHOWN = 600;

/** One line for one fault: `file:line:column: path: message`. */
function faultLine(fault: InputFault, file?: string): string {
  const place = [file, fault.line, fault.column].filter((part) => part !== undefined).join(":");
  const parts = [place, fault.where, fault.message].filter((part) => part !== "");
  return parts.map((part) => shownText(part)).join(": ");
}

// What a file holds must not move the cursor of the terminal it is shown on, nor fill it.
function shownText(text: string): string {
  const escaped = text
    .slice(0, PART_SHOWN + 1)
    .replaceAll(
      /[\p{Cc}\p{Cs}\u2028\u2029]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return escaped.length > PART_SHOWN
    ? `${escaped.slice(0, PART_SHOWN).replace(/\p{Cs}$/u, "")}…`
    : escaped;
}

/** Throws when `condition` is false: the program, not its input, is wrong. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

// Longer than any name, and more names than a slip is looked for among.
const NAME_LENGTH_MAX = 200;
const CANDIDATES_MAX = 1000;
const CANDIDATES_SHOWN = 20;

/** The candidate within two edits of `name` (or a third of its length), or undefined. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates.slice(0, CANDIDATES_MAX)) {
    // So many letters are missing or too many at least.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
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
  if (near !== undefined) return `; did you mean "${near}"?`;
  const more = candidates.length - CANDIDATES_SHOWN;
  const known = candidates.slice(0, CANDIDATES_SHOWN).join(", ");
  return `; known: ${known}${more > 0 ? `, and ${more} more` : ""}`;
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
