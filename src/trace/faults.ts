/** From what a schema refuses to what a person reads: place, path, what was expected and found. */

import { z } from "zod";
import { InputError, type InputErrorCode, type InputFault, nearest, suggestion } from "../check.ts";
import { orderedFaults, type SourceDocument, type ValuePath } from "./document.ts";

type Issue = z.core.$ZodIssue;

const FAULTS_PLACED = 200;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  null: "null",
};

/** A mapping with these keys and no others; an unknown key is a fault that names the nearest. */
export function mappingOf<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    // One line for each key, in their order; `faultsOf` puts each line at its own key.
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? (issue["keys"] as readonly string[])
            .slice(0, FAULTS_PLACED)
            .map((key) => `unknown key "${onOneLine(key)}"${suggestion(key, Object.keys(shape))}`)
            .join("\n")
        : undefined,
  });
}

// Lines tell the keys apart, so none may break in one.
function onOneLine(key: string): string {
  return key.replaceAll("\n", "\\n");
}

/** The value a schema makes of a document, or every fault it finds. */
export function readWith<T>(
  schema: z.ZodType<T>,
  source: SourceDocument,
): { readonly value: T } | { readonly faults: readonly InputFault[] } {
  const result = schema.safeParse(source.value);
  return result.success
    ? { value: result.data }
    : { faults: firstFaults(result.error.issues, source) };
}

/**
 * Adds a fault while a schema checks what lies across fields. `shown`: "found" ends the message with
 * what is written at `path`; "nowhere" refuses without a word, where another fault says it.
 */
export function addFault(
  context: z.core.$RefinementCtx,
  path: (string | number)[],
  message: string,
  shown: "as-is" | "found" | "nowhere" = "as-is",
): void {
  context.addIssue({ code: "custom", path, message, params: { shown } });
}

/** Refuses a document for its faults, in the order of the text, at most 20 of them. */
export function refuse(
  code: InputErrorCode,
  faults: readonly InputFault[],
  source: SourceDocument,
): never {
  throw new InputError(code, orderedFaults(faults), source.file);
}

/** A fault at a path of the document. */
export function faultAt(source: SourceDocument, path: ValuePath, message: string): InputFault {
  return { where: path.join("."), message, ...source.placeOf(path) };
}

// Few are shown, and each takes a search for its place.
function firstFaults(issues: readonly Issue[], source: SourceDocument): readonly InputFault[] {
  const faults: InputFault[] = [];
  for (const issue of issues) {
    faults.push(...faultsOf(issue, [], source).slice(0, FAULTS_PLACED - faults.length));
    if (faults.length >= FAULTS_PLACED) break;
  }
  return faults;
}

function faultsOf(issue: Issue, base: ValuePath, source: SourceDocument): readonly InputFault[] {
  const path = [...base, ...(issue.path as ValuePath)];
  if (issue.code === "custom" && issue.params?.["shown"] === "nowhere") return [];
  if (issue.code === "unrecognized_keys") {
    const messages = issue.message.split("\n");
    return issue.keys
      .slice(0, FAULTS_PLACED)
      .map((key, i) => keyFault(source, [...path, key], messages[i]!));
  }
  if (issue.code === "invalid_key") {
    const found = JSON.stringify(String(path.at(-1)));
    return [keyFault(source, path, `${issue.issues[0]!.message}, got ${found}`)];
  }
  if (issue.code === "invalid_union") {
    const branch = closestBranch(issue.errors);
    return branch === undefined
      ? [faultAt(source, path, `${missing(source, path)}${issue.message}${got(source, path)}`)]
      : branch.flatMap((inner) => faultsOf(inner, path, source));
  }
  return [faultAt(source, path, messageOf(issue, path, source))];
}

function keyFault(source: SourceDocument, path: ValuePath, message: string): InputFault {
  return { where: path.join("."), message, ...source.keyPlaceOf(path) };
}

function messageOf(issue: Issue, path: ValuePath, source: SourceDocument): string {
  const found = got(source, path);
  switch (issue.code) {
    case "invalid_type": {
      const finite = typeof valueAt(source.value, path) === "number" && issue.expected === "number";
      const type = finite ? "a finite number" : (TYPE_NAMES[issue.expected] ?? issue.expected);
      return `${missing(source, path)}expected ${type}${found}`;
    }
    case "invalid_value": {
      const names = issue.values.map(String);
      const near = nearest(String(valueAt(source.value, path)), names);
      const hint = near === undefined || names.length === 1 ? "" : `; did you mean "${near}"?`;
      const quoted = names.map((name) => `"${name}"`).join(", ");
      const expected = names.length === 1 ? quoted : `one of ${quoted}`;
      return `${missing(source, path)}expected ${expected}${found}${found === "" ? "" : hint}`;
    }
    case "too_small":
      if (issue.origin === "string") return `expected a text that is not empty${found}`;
      return issue.origin === "array"
        ? `expected at least ${issue.minimum} in the list${found}`
        : `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${found}`;
    case "too_big":
      return issue.origin === "array"
        ? `expected at most ${issue.maximum} in the list${found}`
        : `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${found}`;
    case "custom":
      return issue.params?.["shown"] === "found" ? `${issue.message}${found}` : issue.message;
    case "invalid_format":
      return `${issue.message}${found}`;
    case "not_multiple_of":
    case "invalid_element":
    case "invalid_key":
    case "invalid_union":
    case "unrecognized_keys":
      return issue.message;
  }
}

function missing(source: SourceDocument, path: ValuePath): string {
  return valueAt(source.value, path) === undefined ? "missing, " : "";
}

function got(source: SourceDocument, path: ValuePath): string {
  return valueAt(source.value, path) === undefined ? "" : `, got ${source.foundAt(path)}`;
}

function valueAt(value: unknown, path: ValuePath): unknown {
  let at = value;
  for (const segment of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, segment)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[segment];
  }
  return at;
}

// The branch that was meant: right type at the top, then fewest foreign keys, then fewest faults.
// None when no branch has the type of what is written: then the whole union says what it takes.
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && wrongType(issue)),
  );
  return fitting.toSorted((a, b) => foreignKeys(a) - foreignKeys(b) || a.length - b.length)[0];
}

function wrongType(issue: Issue): boolean {
  if (issue.code === "invalid_union") return closestBranch(issue.errors) === undefined;
  // A number that is not whole is still a number.
  return issue.code === "invalid_type" ? issue.expected !== "int" : issue.code === "invalid_value";
}

function foreignKeys(issues: readonly Issue[]): number {
  let count = 0;
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys" && issue.path.length === 0) count += issue.keys.length;
    else if (issue.code === "invalid_key" && issue.path.length === 1) count += 1;
    else if (issue.code === "invalid_union" && issue.path.length === 0)
      count += foreignKeys(closestBranch(issue.errors) ?? []);
  }
  return count;
}
