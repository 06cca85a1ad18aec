/** What is wrong with how a command was typed, said without knowing what the command does. */

import { InputError, suggestion } from "../check.ts";

/** Refuses what an option was given. */
export function fail(where: string, message: string): never {
  throw new InputError("usage", [{ where, message }]);
}

/** Arguments that may be several. */
const LISTS = ["_", "names", "files", "workloads"];

/**
 * Refuses an option that is given twice and takes one value.
 * @throws InputError usage, naming the option.
 */
export function refuseRepeats(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options))
    if (Array.isArray(value) && !LISTS.includes(name))
      fail(name.length === 1 ? `-${name}` : `--${name}`, "expected once, got more");
}

/** How to say that yargs knows no such argument, in the words of the command it was given to. */
export function unknownArgumentText(
  unknown: string,
  command: string | undefined,
  commands: Readonly<Record<string, readonly string[]>>,
): string {
  const options = command === undefined ? undefined : commands[command];
  if (options === undefined)
    return `unknown command "${command ?? unknown}"${suggestion(command ?? unknown, Object.keys(commands))}`;
  if (/^\d/.test(unknown))
    return `unknown argument "${unknown}"; write a negative value as --name=-1`;
  const hint =
    options.length === 0 ? `; ${command} takes no options` : suggestion(unknown, options);
  return `unknown argument "${unknown}"${hint}`;
}
