/** What tests of whole systems share: a command's output, and waiting for something to become true. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Standard output of a command, without the last newline. Rejects when it fails, with what it said. */
export async function output(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execute(command, args, { env: { ...process.env, ...environment } });
  return stdout.trimEnd();
}

/** Waits until `what` gives something, asking four times a second; rejects after `seconds`. */
export async function until<T>(
  name: string,
  seconds: number,
  what: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const endMs = Date.now() + 1000 * seconds;
  for (;;) {
    const found = await what();
    if (found !== undefined) return found;
    if (Date.now() > endMs) throw new Error(`${name}: not within ${seconds} s`);
    await new Promise((done) => setTimeout(done, 250));
  }
}
