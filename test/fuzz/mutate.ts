/** Hostile versions of good files: bytes, tokens, lines and values changed in ways that readers get wrong. */

import type { Dice } from "./dice.ts";
import { BOMBS, KEYS, LONG, NUMBERS, TEXTS } from "./nasty.ts";

const LONGEST = 200_000;
/** What has grown beyond is worth reading, not changing once more: its tokens alone would fill the memory. */
const CHANGED_MAX = 4_000_000;

/** A changed copy of `sample`; `others` lend pieces. */
export function mutated(dice: Dice, sample: Buffer, others: readonly Buffer[]): Buffer {
  // Most changes leave a file that is nearly right, which gets further into a reader.
  if (dice.happens(0.4)) {
    const tree = treeOf(sample.toString("utf8"));
    const text = tree === undefined ? undefined : textOf(mutatedTree(dice, tree));
    if (text !== undefined) return Buffer.from(text);
  }
  let bytes = sample;
  for (let left = 1 + dice.below(4); left > 0 && bytes.length <= CHANGED_MAX; left--)
    bytes = dice.happens(0.7)
      ? Buffer.from(mutatedText(dice, bytes.toString("utf8"), others), "utf8")
      : mutatedBytes(dice, bytes);
  return bytes;
}

function mutatedBytes(dice: Dice, bytes: Buffer): Buffer {
  const at = dice.below(bytes.length + 1);
  const length = dice.below(dice.of([2, 16, 200]));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (dice.below(9)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      for (let i = 0; i <= length && bytes.length > 0; i++) {
        const place = dice.below(bytes.length);
        flipped[place] = flipped[place]! ^ (1 << dice.below(8));
      }
      return flipped;
    }
    case 1:
      return Buffer.concat([head, bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([head, bytes.subarray(at, at + length), tail]);
    case 3:
      return head;
    case 4:
      return Buffer.concat([Buffer.from(dice.of(["\uFEFF", "\uFEFF\uFEFF", "\u0000"])), bytes]);
    case 5:
      return Buffer.from(bytes.toString("latin1"), "utf16le");
    case 6:
      return Buffer.from(
        bytes.toString("latin1").replaceAll("\n", dice.of(["\r\n", "\r"])),
        "latin1",
      );
    case 7:
      // No UTF-8: a lone surrogate, a byte that never comes, an end that is missing.
      return Buffer.concat([
        head,
        Buffer.from(dice.of(["eda080", "ff", "f09f", "c080"]), "hex"),
        tail,
      ]);
    default:
      return Buffer.concat([head, Buffer.from([dice.below(256), 0, dice.below(256)]), tail]);
  }
}

function mutatedText(dice: Dice, text: string, others: readonly Buffer[]): string {
  const at = dice.below(text.length + 1);
  switch (dice.below(11)) {
    case 0:
      return replacedToken(dice, text, /-?\d+(\.\d+)?([eE][+-]?\d+)?/g, dice.of(NUMBERS));
    case 1:
      return replacedToken(dice, text, /-?\d+(\.\d+)?([eE][+-]?\d+)?/g, dice.of(NUMBERS));
    case 2:
      return replacedToken(dice, text, /[\p{L}_][\p{L}\p{N}_.-]*/gu, dice.of(TEXTS));
    case 3:
      return replacedToken(
        dice,
        text,
        /[^\s\p{L}\p{N}]/gu,
        dice.of(['"', ",", "{", "]", "\n", ""]),
      );
    case 4:
      return swappedTokens(dice, text);
    case 5:
      return changedLines(dice, text);
    case 6:
      return changedLines(dice, text);
    case 7: {
      const other = dice.of(others).toString("utf8");
      const from = dice.below(other.length + 1);
      return text.slice(0, at) + other.slice(from, from + dice.below(400)) + text.slice(at);
    }
    case 8:
      return text.slice(0, at) + longText(dice) + text.slice(dice.happens(0.5) ? at : text.length);
    case 9:
      return dice.happens(0.2) ? `${dice.of(BOMBS)}\n${text}` : text + dice.of(TEXTS);
    default:
      return text.slice(0, at) + dice.of(TEXTS) + text.slice(at);
  }
}

// Long ones are rare, for they are slow to make and to read.
function longText(dice: Dice): string {
  const most = dice.happens(0.02) ? LONGEST : dice.happens(0.2) ? 5000 : 300;
  return dice.of(LONG)(dice.below(most));
}

function replacedToken(dice: Dice, text: string, pattern: RegExp, by: string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text + by;
  const token = dice.of(found);
  return text.slice(0, token.index) + by + text.slice(token.index + token[0].length);
}

function swappedTokens(dice: Dice, text: string): string {
  const found = [...text.matchAll(/[\p{L}\p{N}_.-]+/gu)];
  if (found.length < 2) return text;
  const [a, b] = [dice.of(found), dice.of(found)].toSorted((x, y) => x.index - y.index);
  if (a === b) return text;
  const afterA = a!.index + a![0].length;
  const rest = text.slice(b!.index + b![0].length);
  return text.slice(0, a!.index) + b![0] + text.slice(afterA, b!.index) + a![0] + rest;
}

function changedLines(dice: Dice, text: string): string {
  const lines = text.split("\n");
  const at = dice.below(lines.length);
  const count = 1 + dice.below(4);
  switch (dice.below(4)) {
    case 0:
      lines.splice(at, count);
      break;
    case 1:
      lines.splice(dice.below(lines.length), 0, ...lines.slice(at, at + count));
      break;
    case 2:
      lines.splice(at, 1, ...Array.from({ length: dice.below(300) }, () => lines[at]!));
      break;
    default:
      lines[at] = lines[dice.below(lines.length)]!;
  }
  return lines.join("\n");
}

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };

function treeOf(text: string): Tree | undefined {
  try {
    return JSON.parse(text) as Tree;
  } catch {
    return undefined;
  }
}

// None for a tree that has grown beyond what is worth reading.
function textOf(tree: Tree): string | undefined {
  try {
    // Parts that stand in a tree twice, and in what is there twice again, grow without end as they are written.
    if (!isWrittenIn(tree, CHANGED_MAX)) return undefined;
    const text = JSON.stringify(tree);
    return text.length > CHANGED_MAX ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function isWrittenIn(tree: Tree, characters: number): boolean {
  let left = characters;
  const takes = (one: Tree): boolean => {
    if (typeof one === "string") left -= one.length;
    left -= 2;
    if (typeof one !== "object" || one === null) return left >= 0;
    for (const [key, inner] of Object.entries(one)) {
      if (!Array.isArray(one)) left -= key.length;
      if (left < 0 || !takes(inner)) return false;
    }
    return left >= 0;
  };
  return takes(tree);
}

function mutatedTree(dice: Dice, root: Tree): Tree {
  let tree = root;
  for (let left = 1 + dice.below(3); left > 0; left--) tree = changedValue(dice, tree);
  return tree;
}

// Walks down at random and changes what it comes to; the depth favours the leaves.
function changedValue(dice: Dice, value: Tree): Tree {
  if (typeof value !== "object" || value === null || dice.happens(0.08))
    return newValue(dice, value);
  if (Array.isArray(value)) {
    if (value.length === 0 || dice.happens(0.1)) return newList(dice, value);
    const at = dice.below(value.length);
    return value.map((one, i) => (i === at ? changedValue(dice, one) : one));
  }
  const keys = Object.keys(value);
  if (keys.length === 0 || dice.happens(0.12)) return newMapping(dice, value, keys);
  const chosen = dice.of(keys);
  return mapping(
    keys.map((key) => [key, key === chosen ? changedValue(dice, value[key]!) : value[key]!]),
  );
}

// `__proto__` as a key of its own, as JSON.parse makes it.
function mapping(entries: readonly (readonly [string, Tree])[]): Tree {
  return Object.fromEntries(entries);
}

function newValue(dice: Dice, value: Tree): Tree {
  switch (dice.below(9)) {
    case 0:
    case 1:
    case 2: {
      const number = Number(dice.of(NUMBERS));
      return Number.isFinite(number) ? number : dice.of([1e308, -1e308, 5e-324, -0]);
    }
    case 3:
      return dice.of(TEXTS);
    case 4:
      return dice.of<Tree>([null, true, [], {}, "", [null], [[]], { a: 1 }]);
    case 5:
      return dice.of(NUMBERS);
    case 6:
      return longText(dice);
    case 7: {
      let deep = value;
      const depth = dice.below(dice.happens(0.1) ? 1000 : 80);
      for (let i = 0; i < depth; i++) deep = dice.happens(0.5) ? [deep] : { a: deep };
      return deep;
    }
    default:
      return [value, value];
  }
}

function newList(dice: Dice, list: Tree[]): Tree {
  switch (dice.below(5)) {
    case 0:
      return list.slice(0, dice.below(list.length + 1));
    case 1:
      return [...list, ...list];
    case 2:
      return list.toReversed();
    case 3:
      return Array.from(
        { length: dice.below(dice.happens(0.05) ? 20_000 : 300) },
        () => list[0] ?? 1,
      );
    default:
      return [...list, newValue(dice, list[0] ?? null)];
  }
}

function newMapping(dice: Dice, value: { [key: string]: Tree }, keys: readonly string[]): Tree {
  const entries = keys.map((key) => [key, value[key]!] as const);
  const chosen = dice.below(Math.max(1, keys.length));
  const other = entries[dice.below(Math.max(1, keys.length))]?.[1] ?? 1;
  const name = dice.of([...KEYS, ...TEXTS.slice(0, 12)]);
  switch (dice.below(5)) {
    case 0:
      return mapping(entries.filter((_, i) => i !== chosen));
    case 1:
      return mapping(entries.map(([key, one], i) => [i === chosen ? name : key, one]));
    case 2:
      return mapping([...entries, [name, other]]);
    case 3:
      return mapping(entries.map(([key, one], i) => [key, i === chosen ? other : one]));
    default:
      return mapping([
        ...entries,
        ...Array.from({ length: dice.below(400) }, (_, i) => [`k${i}`, other] as const),
      ]);
  }
}
