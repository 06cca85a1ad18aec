/** Foreign names as names of stages and workloads, each once. */

const LENGTH_MAX = 90;
const RESERVED = ["input", "output"];

/** A name of letters, digits, spaces and `_ . : -` as near to `written` as may be. */
export function safeName(written: string): string {
  const name = written
    .replace(/[^\p{L}\p{N} _.:-]+/gu, "_")
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .slice(0, LENGTH_MAX)
    // A cut through a pair of surrogates leaves half a letter.
    .replace(/\p{Cs}$/u, "")
    .trimEnd();
  if (name === "") return "unnamed";
  return RESERVED.includes(name) ? `${name}_` : name;
}

/** The name of a workload from that of a file: without folders and endings. */
export function nameOfFile(file: string): string {
  const base = file.replace(/^.*[/\\]/, "").replace(/\.gz$/, "");
  return safeName(base.replace(/(\.asl)?\.[A-Za-z0-9]+$/, ""));
}

/** The same text on its own: a piece of a text keeps the whole of it in memory. */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}

/** Gives every foreign name a safe one, and no two the same. */
export class Names {
  readonly #of = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** By name, the number last added to it: many equal names are no search. */
  readonly #last = new Map<string, number>();
  readonly #copies = new Map<string, number>();

  /** A safe name of its own at every call, told from earlier ones by a number after `mark`. */
  another(written: string, mark = "."): string {
    let tried = written;
    let i = this.#copies.get(written) ?? 1;
    while (this.#of.has(tried)) tried = `${written}${mark}${++i}`;
    this.#copies.set(written, i);
    return this.of(tried);
  }

  /** The safe name of `written`, the same at every call. */
  of(written: string): string {
    const known = this.#of.get(written);
    if (known !== undefined) return known;
    const base = safeName(written);
    let name = base;
    let i = this.#last.get(base) ?? 1;
    while (this.#taken.has(name)) name = `${base}:${++i}`;
    this.#last.set(base, i);
    this.#taken.add(name);
    this.#of.set(written, name);
    return name;
  }
}
