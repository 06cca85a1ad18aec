/** What the process that reads hostile files and the one that watches it tell each other. */

/** What the process is told, as JSON in its first argument. */
export interface FuzzTask {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly scratch: string;
  /** Folder for inputs that fail. */
  readonly out: string;
  /** Only this reader. */
  readonly only: string | undefined;
  /** File that says where the process is: int32, the input, then `COUNTS` of each reader in turn. */
  readonly stateFile: string;
}

/** What is counted of a reader. */
export const COUNTS = ["read", "accepted", "slowestMs"] as const;

/** Inputs that a reader was given and took, and the CPU time of the slowest. */
export type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

/** What the process prints first: the readers, in order. Input i is for reader i modulo their number. */
export interface FuzzReaders {
  readonly readers: readonly string[];
}

/** What the process prints of an input that failed: a line of JSON. */
export interface FuzzFailure {
  readonly input: number;
  readonly reason: string;
}
