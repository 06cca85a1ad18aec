/**
 * Where the values of a JSON text stand. The tree with places that the YAML parser builds takes some ten
 * seconds for a few megabytes; this looks only at what leads to the path that is asked for.
 */

import type { SourceDocument, ValuePath } from "./document.ts";

const FOUND_LENGTH_MAX = 40;
const BLANK = /[^\s,:]/g;
const PLAIN = /[^\s,:\]}]+/y;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const MARK = /["[\]{}]/g;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]/g;

interface Child {
  readonly key: number;
  readonly value: number;
}

/** The places in a text that JSON.parse accepts; where a key is given twice, of the last. */
export function jsonPlaces(
  text: string,
): Pick<SourceDocument, "placeOf" | "keyPlaceOf" | "foundAt"> {
  const children = new Map<number, ReadonlyMap<string, Child>>();
  const childrenAt = (at: number): ReadonlyMap<string, Child> => {
    const known = children.get(at) ?? childrenOf(text, at);
    children.set(at, known);
    return known;
  };
  const walk = (path: ValuePath) => {
    let child: Child = { key: startOf(text, 0), value: startOf(text, 0) };
    for (const segment of path) {
      const next = childrenAt(child.value).get(String(segment));
      if (next === undefined) return { child, complete: false };
      child = next;
    }
    return { child, complete: true };
  };
  return {
    placeOf: (path) => lineAndColumn(text, walk(path).child.value),
    keyPlaceOf: (path) => {
      const { child, complete } = walk(path);
      return lineAndColumn(text, complete ? child.key : child.value);
    },
    foundAt: (path) => {
      const { child, complete } = walk(path);
      return complete ? described(text, child.value, childrenAt) : "nothing";
    },
  };
}

/** How deep the brackets of a text nest that may be JSON. O(its length). */
export function depthOfJson(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(TOKEN))
    if (token === "{" || token === "[") deepest = Math.max(deepest, ++depth);
    else if (token === "}" || token === "]") depth--;
  return deepest;
}

/** Where keys stand that their mapping has already, in a text that JSON.parse accepts. O(its length). */
export function repeatedKeys(text: string): readonly number[] {
  const open: (Set<unknown> | undefined)[] = [];
  const repeated: number[] = [];
  let keyIsNext = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : undefined);
    else if (token === "}" || token === "]") open.pop();
    const keys = open.at(-1);
    if (keyIsNext && keys !== undefined && token.startsWith('"')) {
      const key: unknown = JSON.parse(token);
      if (keys.has(key)) repeated.push(index);
      keys.add(key);
    }
    keyIsNext = token === "{" || token === ",";
  }
  return repeated;
}

/** 1-based line and column of an offset. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let begins = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    begins = at + 1;
  }
  return { line, column: offset - begins + 1 };
}

// Keys of a mapping, or indices of a list; none of anything else.
function childrenOf(text: string, at: number): ReadonlyMap<string, Child> {
  const found = new Map<string, Child>();
  const opening = text[at];
  if (opening !== "{" && opening !== "[") return found;
  let next = startOf(text, at + 1);
  for (let i = 0; next < text.length && text[next] !== "}" && text[next] !== "]"; i++) {
    const value = opening === "{" ? startOf(text, endOf(text, next)) : next;
    const name =
      opening === "{" ? String(JSON.parse(text.slice(next, endOf(text, next)))) : String(i);
    found.set(name, { key: next, value });
    next = startOf(text, endOf(text, value));
  }
  return found;
}

// The next thing that is no blank, comma or colon.
function startOf(text: string, from: number): number {
  BLANK.lastIndex = from;
  return BLANK.exec(text)?.index ?? text.length;
}

// Behind the value at `at`.
function endOf(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  if (text[at] !== "{" && text[at] !== "[") {
    PLAIN.lastIndex = at;
    return PLAIN.test(text) ? PLAIN.lastIndex : at + 1;
  }
  let depth = 0;
  for (let from = at; ; ) {
    MARK.lastIndex = from;
    const mark = MARK.exec(text);
    if (mark === null) return text.length;
    if (mark[0] === '"') {
      from = stringEnd(text, mark.index);
      continue;
    }
    depth += mark[0] === "{" || mark[0] === "[" ? 1 : -1;
    from = mark.index + 1;
    if (depth === 0) return from;
  }
}

function stringEnd(text: string, at: number): number {
  STRING.lastIndex = at;
  return STRING.test(text) ? STRING.lastIndex : text.length;
}

function described(
  text: string,
  at: number,
  childrenAt: (at: number) => ReadonlyMap<string, Child>,
): string {
  if (text[at] === "{") return "a mapping";
  if (text[at] === "[") return `a list of ${childrenAt(at).size}`;
  const written = text.slice(at, endOf(text, at));
  if (written === "null") return "nothing";
  if (!written.startsWith('"')) return written;
  const held = String(JSON.parse(written));
  return JSON.stringify(
    held.length > FOUND_LENGTH_MAX ? `${held.slice(0, FOUND_LENGTH_MAX)}…` : held,
  );
}
