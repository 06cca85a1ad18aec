/** Numbers, texts and keys that have broken readers of files before. */

/** Numbers as they may be written, at and beyond every edge. */
export const NUMBERS: readonly string[] = [
  ...["0", "-0", "-1", "1", "0.5", "1e308", "-1e308", "1.7976931348623159e308", "1e400", "1e-320"],
  ...[
    "5e-324",
    "9007199254740993",
    "4294967296",
    "2147483648",
    "1e21",
    "1e15",
    "99999999999999999999",
  ],
  ...[
    "NaN",
    "Infinity",
    "-Infinity",
    ".inf",
    ".nan",
    "0x10",
    "0b1",
    "1_000",
    "1,5",
    "٣",
    "1e",
    "--1",
    "",
  ],
  ...["1e999999999999999999999999", "0.1e-400", "16777217", "65536", "-2147483649", "1e9", "1e7"],
];

/** Names of what every object has, and keys that some writers treat apart. */
export const KEYS: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "length"],
  ...["then", "<<", "$ref", "0", "-1", "1e3", "", " ", "a.b", "\u2028", "__defineGetter__"],
];

/** Texts that end up as names, paths, cells and words on a terminal. */
export const TEXTS: readonly string[] = [
  ...[
    "../../x",
    "/etc/passwd",
    "..",
    ".",
    "..\\..\\x",
    "a/../../b",
    "C:\\x",
    "con",
    "-rf",
    "a\u0000b",
  ],
  ...[
    "\ud800",
    "x\udfff",
    "é",
    "e\u0301",
    "𝒳".repeat(60),
    "漢".repeat(100),
    "\u202Eabc",
    "\uFEFFx",
  ],
  ...["\u001b[2J", "line\nbreak", "\r", "\t", '"', "'", "\\", "<script>alert(1)</script>", "=1+1"],
  ...["${x}", "%s%n", "null", "true", "~", "- a", "{a: 1}", "[1", "*a", "&a x", "!!js/function x"],
  ...[
    "!!binary aGk=",
    "? x",
    "|",
    ">",
    "#",
    "a: b: c",
    "2026-08-22T10:00:00Z",
    "input",
    "output",
    "a->b",
  ],
  ...KEYS,
];

/** Long texts, by how they are made: cheap to name, dear to read badly. */
export const LONG: readonly ((length: number) => string)[] = [
  (length) => "a".repeat(length),
  (length) => " ".repeat(length),
  (length) => "\n".repeat(length),
  (length) => '"'.repeat(length),
  (length) => `"${"\n".repeat(length)}`,
  (length) => ",".repeat(length),
  (length) => "1".repeat(length),
  (length) => `1${" ".repeat(length)}x`,
  (length) => `1e${"9".repeat(length)}`,
  (length) => "[".repeat(length),
  (length) => '{"a":'.repeat(length),
  (length) => "- ".repeat(length),
  (length) => "a: &a\n".repeat(length),
  (length) => Array.from({ length: Math.ceil(length / 4) }, (_, i) => `k${i}: 1\n`).join(""),
  (length) => "x y;".repeat(length),
  (length) => "=".repeat(length),
  (length) => "\u0000".repeat(length),
];

/** Alias bombs: each line doubles, or multiplies by nine, what the one before holds. */
export const BOMBS: readonly string[] = [
  Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).reduce(
    (text, line) => `${text}\n${line}`,
    "a0: &a0 [x]",
  ),
  Array.from(
    { length: 12 },
    (_, i) => `b${i + 1}: &b${i + 1} {${Array.from({ length: 9 }, (_u, k) => `k${k}: *b${i}`)}}`,
  ).reduce((text, line) => `${text}\n${line}`, "b0: &b0 lol"),
  "a: &a\n  b: *a",
  "&a [*a, *a]",
  "x: &x {<<: *x}",
  "stages: &s [*s]",
];
