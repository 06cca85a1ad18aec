/** Keeps the house in order: floors, purity, length, names and docstrings of `src`. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { policyNames } from "../src/policy/index.ts";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../src");
const LINES_MAX = 420;

// Low to high; folders of one floor do not know each other.
const FLOORS: readonly (readonly string[])[] = [
  ["check.ts"],
  ["stats", "des"],
  ["workflow", "platform"],
  ["plan"],
  // Reads plans from text, so it stands on them.
  ["trace"],
  ["physics"],
  ["model", "execution"],
  ["policy"],
  ["result"],
  ["figure"],
  ["report"],
  ["harness"],
  ["cli"],
];

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.split(sep).join("/"))
  .sort();
const textOf = new Map(files.map((name) => [name, readFileSync(join(ROOT, name), "utf8")]));

/** The code of a file without its comments and without the contents of its plain strings. */
function codeOf(name: string): string {
  return textOf
    .get(name)!
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|\s)\/\/.*$/gm, "$1")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}

const folderOf = (name: string) => name.split("/")[0]!;
const floorOf = (name: string) => FLOORS.findIndex((floor) => floor.includes(folderOf(name)));
const inFolder =
  (...folders: readonly string[]) =>
  (name: string) =>
    folders.includes(folderOf(name));

function importsOf(name: string): string[] {
  const found = textOf.get(name)!.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...found].map((match) =>
    relative(ROOT, resolve(ROOT, dirname(name), match[1]!))
      .split(sep)
      .join("/"),
  );
}

test("there is something to tidy", () => {
  expect(files.length).toBeGreaterThan(50);
});

describe("floors", () => {
  const housed = files.filter((name) => name !== "index.ts");

  test("every file stands on a floor", () => {
    expect(housed.filter((name) => floorOf(name) < 0)).toEqual([]);
  });

  test("imports go down, or stay in the same folder", () => {
    const wrong = housed.flatMap((name) =>
      importsOf(name)
        .filter((to) => folderOf(to) !== folderOf(name) && floorOf(to) >= floorOf(name))
        .map((to) => `${name} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  test("model and execution never import each other", () => {
    const wrong = files
      .filter(inFolder("model", "execution"))
      .filter((name) =>
        importsOf(name).some(
          (to) => inFolder("model", "execution")(to) && folderOf(to) !== folderOf(name),
        ),
      );
    expect(wrong).toEqual([]);
  });
});

test("the command line starts without its commands, and these without what draws and what writes runs", () => {
  const atOnce = (name: string) =>
    [...textOf.get(name)!.matchAll(/^import (?!type\b)(?:[^;"]*from )?"([^"]+)";/gm)].map(
      ([, from]) => from!,
    );
  const slow = /^(?:vega|vega-lite|@resvg\/resvg-js|@viz-js\/viz)$|\/runs-arrow\.ts$/;
  expect(atOnce("cli/main.ts").toSorted()).toEqual([
    "../check.ts",
    "./usage.ts",
    "yargs",
    "yargs/helpers",
  ]);
  const wrong = files.flatMap((name) =>
    atOnce(name)
      .filter((from) => slow.test(from))
      .map((from) => `${name} imports ${from}`),
  );
  expect(wrong).toEqual([]);
});

describe("below the command line", () => {
  const pure = files.filter((name) => !inFolder("cli")(name));

  test("there is no node module", () => {
    expect(pure.filter((name) => /"node:/.test(textOf.get(name)!))).toEqual([]);
  });

  test("what plans, predicts and simulates uses only packages that run in a browser", () => {
    const known = /^(?:@stdlib\/.*|seedrandom|simple-statistics|yaml|zod)$/;
    const floors = FLOORS.slice(
      0,
      FLOORS.findIndex((floor) => floor.includes("result")),
    );
    const wrong = pure
      .filter(inFolder(...floors.flat()))
      .flatMap((name) =>
        [...textOf.get(name)!.matchAll(/(?:from|import)\s*\(?\s*"([@a-z][\w@/:.-]*)"/g)]
          .filter(([, from]) => !known.test(from!))
          .map(([, from]) => `${name} imports ${from}`),
      );
    expect(floors.length).toBe(8);
    expect(wrong).toEqual([]);
  });

  const banned: Record<string, RegExp> = {
    "process, console, Date or performance":
      /(?<![\w.#])(process|console|Date|performance)\b(?!\s*:)/,
    "Math.random": /Math\.random/,
    "Math.log, Math.exp or Math.pow, whose last bit depends on the engine":
      /Math\.(log|exp|pow|log2|log10|log1p|expm1)\b/,
  };
  for (const [what, pattern] of Object.entries(banned))
    test(`there is no ${what}`, () => {
      expect(pure.filter((name) => pattern.test(codeOf(name)))).toEqual([]);
    });

  test("there is no operator **, whose last bit depends on the engine", () => {
    // A square for an interval's width, and a power of ten for the digits of a shown number.
    const known = ["result/comparison.ts", "result/text-table.ts"];
    const found = pure.filter((name) => /\*\*/.test(codeOf(name)));
    expect(found.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe("files", () => {
  test(`have at most ${LINES_MAX} lines`, () => {
    const long = files.filter((name) => textOf.get(name)!.split("\n").length - 1 > LINES_MAX);
    expect(long).toEqual([]);
  });

  test("are in no folder that only says they are left over", () => {
    const names = files.flatMap((name) => name.split("/").slice(0, -1));
    const banned = ["util", "utils", "common", "helpers", "types", "extra"];
    expect(names.filter((name) => banned.includes(name))).toEqual([]);
  });

  test("that evaluate plans know no policy", () => {
    const names = policyNames.filter((name) => name !== "unfused").join("|");
    const pattern = new RegExp(`\\b(${names})\\b`, "i");
    // A constant of a platform may come from the measurements that a paper published with its policy.
    const withoutSources = (name: string) =>
      textOf.get(name)!.replace("Jolteon's read times agree", "");
    const wrong = files
      .filter(inFolder("execution", "model", "platform", "physics"))
      .map((name) => [name, withoutSources(name)] as const)
      .filter(([, text]) => pattern.test(text) || /["'`]unfused["'`]/.test(text))
      .map(([name]) => name);
    expect(wrong).toEqual([]);
  });
});

test("every exported function, class, interface, const and type has a docstring right above it", () => {
  const exported = /^export (?:async )?(?:function\*?|class|interface|const|type) (\w+)/;
  // One docstring may head a run of one-line constants.
  const documented = (lines: readonly string[], i: number): boolean => {
    const above = (lines[i - 1] ?? "").trimEnd();
    if (above.endsWith("*/")) return true;
    return /^export const \w+ = .*;$/.test(above) && documented(lines, i - 1);
  };
  const bare = files.flatMap((name) => {
    const lines = textOf.get(name)!.split("\n");
    return lines.flatMap((line, i) => {
      const match = exported.exec(line);
      return match && !documented(lines, i) ? [`${name}: ${match[1]}`] : [];
    });
  });
  expect(bare).toEqual([]);
});
