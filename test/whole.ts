/** How much to try: all in the tests of the whole program, a part of it in `npm test`. */

import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    whole: boolean;
  }
}

/** Whether nothing is to be left out. */
export const whole = inject("whole");

/** Every case, or in `npm test` the first few. */
export function casesOf<T>(all: readonly T[], few: number): readonly T[] {
  return whole ? all : all.slice(0, few);
}
