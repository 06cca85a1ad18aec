import { describe, expect, test } from "vitest";
import { parseSource } from "../../src/trace/document.ts";
import { refusalOf } from "./refusal.ts";

const refusal = (text: string): string => refusalOf(() => parseSource(text, "f.yaml")).message;

describe("a text that does not parse", () => {
  test.each([
    ["a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key a is given twice"],
    ['{"x": 1,\n "x": 2}', 'f.yaml:2:2: key "x" is given twice'],
    ['1000: 1\n"1000": 2\n', 'f.yaml:2:1: key "1000" is given twice'],
    ["a: 1\n---\nb: 2\n", "f.yaml:2:1: expected one document, got several"],
    ['{"a": 1,, "b": 2}', "f.yaml:1:9: not valid YAML or JSON: unexpected , in flow map"],
    ["a:\n\tb: 1\n", "f.yaml:2:1: not valid YAML or JSON: tabs are not allowed as indentation"],
    ["a: !foo 1\n", "f.yaml:1:4: not valid YAML or JSON: unresolved tag: !foo"],
    ["a: *b\n", "unresolved alias"],
  ])("%j is refused at its place", (text, message) => {
    expect(refusal(text).toLowerCase()).toContain(message.toLowerCase());
  });

  test("an alias bomb, an alias of itself and endless nesting are refused in short time", () => {
    const level = (name: string, of: string): string =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => `*${of}`).join(", ")}]\n`;
    const bomb = `a: &a [1, 2]\n${level("b", "a")}${level("c", "b")}${level("d", "c")}`;
    expect(refusal(bomb)).toContain("aliases expand to too much");
    expect(refusal("a: &a { b: *a }\n")).toContain("nested too deeply");
    for (const open of ["[", "{a: ", "- ", "? "])
      expect(refusal(open.repeat(100_000))).toContain("nested too deeply");
  });

  test("a text that is no YAML at all is refused at its first error, and the rest not read", () => {
    for (const [line, place] of [
      ["}\n", "1:1"],
      ['"a": "b" }\n', "1:10"],
      ["- a\nb: c\n", "2:2"],
    ] as const)
      expect(refusal(line.repeat(100_000))).toBe(
        `f.yaml:${place}: not valid YAML or JSON from here on: more than 1000 errors`,
      );
  });

  test("a long text meant as JSON is refused as such, whatever cannot be seen before it", () => {
    const list = `[${"1,".repeat(10_000)}`;
    for (const before of ["", "\u0000", " \u200B\n"])
      expect(refusal(`${before}{"a": ${list}x]}`)).toContain("not valid JSON: ");
  });

  test("a long JSON has the faults of a short one", () => {
    const long = `"l": [${"1,".repeat(10_000)}1]`;
    expect(refusal(`{${long},\n "x": {"y": [{"x": 1}, {"x": 2}]},\n "\\u0078": 2}`)).toBe(
      'f.yaml:3:2: key "\\u0078" is given twice',
    );
    expect(refusal(`{"a": 1${',"a":1'.repeat(50_000)}}`)).toContain("(and 180 more faults)");
    expect(refusal(`{${long}, "x": ${"[".repeat(70)}${"]".repeat(70)}}`)).toContain(
      "nested too deeply",
    );
  });
});

test("a long JSON gives the values and places that it has as the YAML it is", () => {
  const short = '{\n "a": [1, {"b": "x"}],\n "c": null, "d": 1e5, "e": "\\u0041"}';
  const padded = `${" ".repeat(20_000)}${short}`;
  const [one, other] = [parseSource(short), parseSource(`\n${padded.slice(1)}`)];
  expect(other.value).toEqual(one.value);
  expect(parseSource(`\uFEFF${padded}`).value).toEqual(one.value);
  for (const path of [["a"], ["a", 1, "b"], ["c"], ["e"]]) {
    expect(other.foundAt(path)).toBe(one.foundAt(path));
    const { line, column } = one.placeOf(path);
    expect(other.placeOf(path)).toEqual({ line: line + 1, column });
    expect(other.keyPlaceOf(path).line).toBe(one.keyPlaceOf(path).line + 1);
  }
});

describe("a text that parses", () => {
  const source = parseSource("a:\n  - x: 5\n    y: &y { 1000: long }\nb: *y\nc:\n");

  test("knows where values and keys are, also behind aliases", () => {
    expect(source.placeOf(["a", 0, "x"])).toEqual({ line: 2, column: 8 });
    expect(source.keyPlaceOf(["a", 0, "x"])).toEqual({ line: 2, column: 5 });
    expect(source.placeOf(["b", "1000"])).toEqual({ line: 3, column: 19 });
  });

  test("gives the nearest ancestor's place for what is not there", () => {
    expect(source.placeOf(["a", 0, "nothing", "here"])).toEqual({ line: 2, column: 5 });
    expect(source.placeOf(["a", 7])).toEqual({ line: 2, column: 3 });
  });

  test("says in a few words what is written", () => {
    expect(source.foundAt(["a"])).toBe("a list of 1");
    expect(source.foundAt(["b"])).toBe("a mapping");
    expect(source.foundAt(["b", "1000"])).toBe('"long"');
    expect(source.foundAt(["c"])).toBe("nothing");
  });
});
