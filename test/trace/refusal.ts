/** What a parser says when it refuses, for tests that look at it. */

import { InputError } from "../../src/check.ts";

/** The InputError that `parse` throws; fails when it throws another, or none. */
export function refusalOf(parse: () => unknown): InputError {
  try {
    parse();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("expected a refusal");
}
