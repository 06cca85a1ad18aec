/**
 * A YAML or JSON text with the place of everything in it, so that a fault found in the values can
 * be shown where it was written. JSON is read as the YAML it is, but where it is long.
 */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  parseDocument,
  Parser,
  visit,
  type YAMLError,
} from "yaml";
import { InputError, type InputFault } from "../check.ts";
import { depthOfJson, jsonPlaces, lineAndColumn, repeatedKeys } from "./json-places.ts";

/** 1-based position in a text. */
interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The path of a value: keys of mappings and indices of lists. */
export type ValuePath = readonly (string | number)[];

/** A text that parsed. */
export interface SourceDocument {
  readonly file: string | undefined;
  /** Plain data: objects, arrays, strings, numbers, booleans, null; never a cycle. */
  readonly value: unknown;
  /** Where the value at `path` begins; of its nearest ancestor when there is none. */
  placeOf(path: ValuePath): TextPlace;
  /** Where the key at the end of `path` is written. */
  keyPlaceOf(path: ValuePath): TextPlace;
  /** What is written at `path`, in a few words, for a message. */
  foundAt(path: ValuePath): string;
}

// Most faults that one error names.
const FAULTS_MAX = 20;

// Nesting beyond this is no workload; the parser recurses and would exhaust the stack.
const DEPTH_MAX = 64;
const TOKEN_DEPTH_MAX = 200;
const ERRORS_MAX = 1000;
const ALIASES_MAX = 100;
const FOUND_LENGTH_MAX = 40;
const KEY_SHOWN = 100;
const REPEATED_PLACED = 200;

// The parser takes seconds for a million characters: it says best what is wrong with a text, but not with a long one
// that is meant as JSON, and reads none that is longer still.
const JSON_LENGTH_MAX = 1 << 14;
const LENGTH_MAX = 1 << 24;

/**
 * Parses a YAML or JSON text.
 * @throws InputError syntax: every syntax error and duplicate key; nesting or aliases out of bounds.
 */
export function parseSource(text: string, file?: string): SourceDocument {
  const lines = new LineCounter();
  const placeAt = (offset: number): TextPlace => {
    const at = lines.linePos(offset);
    return { line: Math.max(1, at.line), column: Math.max(1, at.col) };
  };
  const fail = (message: string, place: TextPlace): never => {
    throw new InputError("syntax", [{ where: "", message, ...place }], file);
  };
  if (text.length > LENGTH_MAX)
    fail(`is longer than ${LENGTH_MAX} characters`, { line: 1, column: 1 });
  const json = longJson(text, file, fail);
  if (json !== undefined) return json;
  refuseHopeless(text, fail);
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    // Looked for below: the parser compares every key with every other.
    uniqueKeys: false,
  });
  const errors = [...document.errors, ...document.warnings];
  const faults = [
    ...syntaxFaults(errors, placeAt),
    ...repeatedKeysOf(document).map((start) => repeatedFault(text, start, placeAt(start))),
  ];
  if (faults.length > 0) throw new InputError("syntax", orderedFaults(faults), file);
  const value = plainValue(document);
  if (value instanceof InputError) return fail(value.message, { line: 1, column: 1 });
  if (nestsBeyondReading(value)) fail("nested too deeply", { line: 1, column: 1 });

  const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
  return {
    file,
    value,
    placeOf: (path) => placeAt(offsetOf(walk(document, path).node)),
    keyPlaceOf: (path) => {
      const { node, key, complete } = walk(document, path);
      return placeAt(offsetOf(complete && key !== undefined ? key : node));
    },
    foundAt: (path) => {
      const { node, complete } = walk(document, path);
      return complete ? described(document, node) : "nothing";
    },
  };
}

/** The faults in the order of the text, each once; at most 20, the last saying how many are left. */
export function orderedFaults(faults: readonly InputFault[]): readonly InputFault[] {
  const seen = new Set<string>();
  const once = faults.filter((fault) => {
    const key = [fault.where, fault.message, fault.line, fault.column].join("\n");
    return !seen.has(key) && seen.add(key);
  });
  const sorted = once.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  if (sorted.length <= FAULTS_MAX) return sorted;
  const last = sorted[FAULTS_MAX - 1]!;
  const more = `${last.message} (and ${sorted.length - FAULTS_MAX} more faults)`;
  return [...sorted.slice(0, FAULTS_MAX - 1), { ...last, message: more }];
}

// A long text meant as JSON, characters that cannot be seen before it or not; undefined for any other.
function longJson(
  text: string,
  file: string | undefined,
  fail: (message: string, place: TextPlace) => never,
): SourceDocument | undefined {
  if (text.length <= JSON_LENGTH_MAX || !/^[\s\p{C}]*[[{]/u.test(text)) return undefined;
  if (depthOfJson(text) > DEPTH_MAX) fail("nested too deeply", { line: 1, column: 1 });
  let value: unknown;
  try {
    // A byte order mark is no part of it.
    value = JSON.parse(text.replace(/^\uFEFF/, " "));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = Number(/position (\d+)/.exec(error.message)?.[1] ?? 0);
    fail(`not valid JSON: ${error.message}`, lineAndColumn(text, position));
  }
  // Few are shown, and each takes a search for its line.
  const repeated = repeatedKeys(text)
    .slice(0, REPEATED_PLACED)
    .map((start) => repeatedFault(text, start, lineAndColumn(text, start)));
  if (repeated.length > 0) throw new InputError("syntax", orderedFaults(repeated), file);
  return { file, value, ...jsonPlaces(text) };
}

function repeatedFault(text: string, start: number, place: TextPlace): InputFault {
  const key = /^[^:\s]*/.exec(text.slice(start, start + KEY_SHOWN))![0];
  return { where: "", message: `key ${key} is given twice`, ...place };
}

// Each error of the parser takes the time of a stack trace: a text that is no YAML at all has half a million.
function refuseHopeless(text: string, fail: (message: string, place: TextPlace) => never): void {
  const parser = new Parser();
  let errors = 0;
  let firstAt = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type !== "error") continue;
      if (errors++ === 0) firstAt = token.offset;
      if (errors > ERRORS_MAX)
        fail(
          `not valid YAML or JSON from here on: more than ${ERRORS_MAX} errors`,
          lineAndColumn(text, firstAt),
        );
    }
    if (parser.stack.length > TOKEN_DEPTH_MAX) fail("nested too deeply", { line: 1, column: 1 });
  }
}

// Where keys stand that their mapping has already; `1000` and `"1000"` become the same property.
function repeatedKeysOf(document: Document.Parsed): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(String(key.value))) found.push(key.range?.[0] ?? 0);
        seen.add(String(key.value));
      }
    },
  });
  return found;
}

function syntaxFaults(
  errors: readonly YAMLError[],
  placeAt: (offset: number) => TextPlace,
): readonly InputFault[] {
  return errors.map((error) => {
    const reason = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`;
    const message =
      error.code === "MULTIPLE_DOCS"
        ? "expected one document, got several"
        : `not valid YAML or JSON: ${reason}`;
    return { where: "", message, ...placeAt(error.pos[0]) };
  });
}

// The parser throws plain errors for aliases it cannot or will not expand: the file's fault.
function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const excessive = error.message.startsWith("Excessive");
    return new InputError(
      "syntax",
      excessive ? `aliases expand to too much, at most ${ALIASES_MAX} are followed` : error.message,
    );
  }
}

/** Whether plain data nests deeper than a schema can follow without exhausting the stack. */
export function nestsBeyondReading(value: unknown): boolean {
  return depthOf(value, 0) > DEPTH_MAX;
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null || depth > DEPTH_MAX) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) {
    deepest = Math.max(deepest, depthOf(inner, depth + 1));
    // A cycle made of aliases has no end: the first path that is too long decides.
    if (deepest > DEPTH_MAX) break;
  }
  return deepest;
}

interface Walked {
  readonly node: unknown;
  readonly key: unknown;
  /** Whether the whole path exists. */
  readonly complete: boolean;
}

function walk(document: Document.Parsed, path: ValuePath): Walked {
  let node: unknown = document.contents;
  let key: unknown;
  for (const segment of path) {
    const holder = isAlias(node) ? node.resolve(document) : node;
    const pair: Pair | undefined = isMap(holder)
      ? holder.items.find((item) => keyText(item.key) === String(segment))
      : undefined;
    const next: unknown = isSeq(holder) ? holder.items[Number(segment)] : pair?.value;
    if (pair === undefined && next === undefined) return { node, key, complete: false };
    key = pair?.key;
    node = next ?? key;
  }
  return { node, key, complete: true };
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function described(document: Document.Parsed, written: unknown): string {
  const node = isAlias(written) ? written.resolve(document) : written;
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return `a list of ${node.items.length}`;
  if (!isScalar(node) || node.value === null) return "nothing";
  if (typeof node.value === "string") {
    const text = node.value;
    return JSON.stringify(
      text.length > FOUND_LENGTH_MAX ? `${text.slice(0, FOUND_LENGTH_MAX)}…` : text,
    );
  }
  return node.source ?? JSON.stringify(node.value);
}
