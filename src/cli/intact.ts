/**
 * Files of a results folder with their digests in `SHA256SUMS`, as `sha256sum -c` reads them: what has been damaged
 * since is refused by name before anything is made of it.
 */

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../check.ts";
import { readBytesIfThere, readText, sha256, writeWhole } from "./files.ts";

const NAME = "SHA256SUMS";

/** Writes files whose digests are noted once all of them are there. */
export class DigestedFiles {
  readonly #folder: string;
  readonly #digests = new Map<string, string>();

  /** Into `folder`; what was noted there before is forgotten. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(join(folder, NAME), { force: true });
  }

  /** Writes a file whole or not at all; `name` is its path in the folder. */
  write(name: string, content: string | Uint8Array): void {
    writeWhole(join(this.#folder, name), content);
    this.#digests.set(name, sha256(content));
  }

  /** Notes a file that was written to the folder otherwise. */
  note(name: string): void {
    this.#digests.set(name, sha256(readFileSync(join(this.#folder, name))));
  }

  /** Notes the digests. */
  end(): void {
    const lines = Array.from(this.#digests, ([name, digest]) => `${digest}  ${name}\n`);
    writeWhole(join(this.#folder, NAME), lines.join(""));
  }
}

/**
 * Text of a file of a folder.
 * @throws InputError file, when it cannot be read or is not what was written.
 */
export function intactText(folder: string, name: string): string {
  const bytes = intactBytes(folder, name);
  return bytes === undefined ? readText(join(folder, name)) : new TextDecoder().decode(bytes);
}

/**
 * Bytes of a file of a folder, or undefined when there is none.
 * @throws InputError file, when it is not what was written.
 */
export function intactBytes(folder: string, name: string): Uint8Array | undefined {
  const bytes = readBytesIfThere(join(folder, name));
  if (bytes !== undefined) refuseDamage(folder, name, bytes, digestsIn(folder).get(name));
  return bytes;
}

/**
 * Looks at every file whose digest is noted, but for those that are not kept.
 * @throws InputError file, for the first that is not what was written.
 */
export function refuseDamaged(folder: string): void {
  for (const [name, digest] of digestsIn(folder)) {
    const bytes = readBytesIfThere(join(folder, name));
    if (bytes !== undefined) refuseDamage(folder, name, bytes, digest);
  }
}

// Results from before digests were noted have none.
function digestsIn(folder: string): ReadonlyMap<string, string> {
  const file = join(folder, NAME);
  if (!existsSync(file)) return new Map();
  const lines = readText(file).split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      return digest === undefined || name === undefined ? [] : [[name, digest]];
    }),
  );
}

function refuseDamage(
  folder: string,
  name: string,
  bytes: Uint8Array,
  noted: string | undefined,
): void {
  const now = sha256(bytes);
  if (noted === undefined || noted === now) return;
  const message = `not what was written: SHA-256 ${noted.slice(0, 12)}… in ${NAME}, ${now.slice(0, 12)}… now; run the experiment again`;
  throw new InputError("file", message, join(folder, name));
}
