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
  /** File that says where the process is, see `STATE`. */
  readonly stateFile: string;
}

/** Where the process is: int32 numbers, in the order of these names. */
export const STATE = ["input", "slowestMs", "read", "accepted"] as const;

/** What the process prints of an input that failed: a line of JSON. */
export interface FuzzFailure {
  readonly input: number;
  readonly reason: string;
}
