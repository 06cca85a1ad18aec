/** A JSON text read fast, its places found only when something in it is wrong. */

import type { z } from "zod";
import { InputError } from "../check.ts";
import { nestsBeyondReading, parseSource, type SourceDocument } from "./document.ts";
import { readWith, refuse } from "./faults.ts";
import { jsonPlaces } from "./json-places.ts";

/**
 * A JSON (or YAML) document. JSON takes the engine's own parser; places are looked for when a fault
 * asks for one.
 * @throws InputError syntax, with the place, when the text is neither, or nests too deeply to be read.
 */
export function jsonSource(written: string, file: string): SourceDocument {
  const text = written.replace(/^\uFEFF/, "");
  const value = jsonValue(text);
  if (value === undefined) return parseSource(text, file);
  if (nestsBeyondReading(value))
    throw new InputError("syntax", [{ where: "", message: "nested too deeply" }], file);
  return { file, value, ...jsonPlaces(text) };
}

/**
 * What a schema makes of a JSON text.
 * @throws InputError syntax, or workload with up to 20 faults in place.
 */
export function readJson<T>(schema: z.ZodType<T>, text: string, file: string): T {
  return readSource(schema, jsonSource(text, file));
}

/**
 * What a schema makes of a document.
 * @throws InputError workload, with up to 20 faults in place.
 */
export function readSource<T>(schema: z.ZodType<T>, source: SourceDocument): T {
  const read = readWith(schema, source);
  return "faults" in read ? refuse("workload", read.faults, source) : read.value;
}

// `undefined` is no JSON value, so it can stand for a text that is none.
function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
