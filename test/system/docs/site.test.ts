/** The documentation as HTML: built without a warning, and no link or picture of it leads nowhere. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { output } from "../commands.ts";

const SITE = resolve("docs/site");

beforeAll(async () => {
  // Exits 1 at any warning: a path that is no file, a {@link} to nothing.
  await output(process.execPath, ["node_modules/typedoc/bin/typedoc", "--cleanOutputDir", "true"]);
});

const pages = () =>
  readdirSync(SITE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .map((file) => join(SITE, file));

const texts = new Map<string, string>();
function textOf(page: string): string {
  const known = texts.get(page) ?? readFileSync(page, "utf8");
  texts.set(page, known);
  return known;
}

/** Targets of links, pictures, scripts and styles, as written. */
function targetsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/<[^>]+\s(?:href|src)="([^"]*)"/g)].map(([, target]) =>
    target!.replaceAll("&amp;", "&"),
  );
}

// What a page loads or leads to inside the site, and what is wrong with it.
function faultOf(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : resolve(dirname(page), decodeURIComponent(path));
  const shown = `${relative(SITE, page)} -> ${target}`;
  if (!existsSync(file) || !statSync(file).isFile()) return shown;
  if (anchor === undefined || anchor === "" || !file.endsWith(".html")) return undefined;
  return textOf(file).includes(`id="${decodeURIComponent(anchor)}"`) ? undefined : shown;
}

const isElsewhere = (target: string) => /^(?:https?:|mailto:)/.test(target);

test("every page of the repository is in it, and is linked from the page of pages", () => {
  const titles = readdirSync("docs").filter((file) => file.endsWith(".md"));
  const documents = readdirSync(join(SITE, "documents"));
  expect(documents.length).toBeGreaterThan(titles.length);
  const index = readFileSync("docs/README.md", "utf8");
  const unlisted = titles.filter((file) => file !== "README.md" && !index.includes(`(${file})`));
  expect(unlisted).toEqual([]);
});

test("no link, picture or anchor is broken", () => {
  const faults = pages().flatMap((page) =>
    targetsOf(page)
      .filter((target) => !isElsewhere(target))
      .flatMap((target) => faultOf(page, target) ?? []),
  );
  expect(faults).toEqual([]);
});

test("a planted link to nothing, and one to a missing anchor, are found", () => {
  const index = join(SITE, "index.html");
  expect(faultOf(index, "documents/nothing.html")).toContain("nothing.html");
  expect(faultOf(index, "index.html#nowhere-at-all")).toContain("nowhere");
  expect(faultOf(index, "index.html")).toBeUndefined();
});

test("pages load nothing from another machine, and show the pictures of the results", () => {
  const loaded = pages().flatMap((page) =>
    [...textOf(page).matchAll(/<(?:script|img|link|iframe)\b[^>]*\s(?:src|href)="([^"]*)"/g)]
      .map(([, target]) => target!)
      .filter(isElsewhere),
  );
  expect(loaded).toEqual([]);
  const concepts = textOf(join(SITE, "documents/Concepts.html"));
  const pictures = [...concepts.matchAll(/<img src="([^"]+)"/g)];
  expect(pictures.length).toBeGreaterThan(4);
});

test("the library's exports are in parts, and none is left over", () => {
  const index = textOf(join(SITE, "modules/wisefuse.html"));
  const parts = [...index.matchAll(/<h2[^>]*>([^<]+)</g)].map(([, part]) => part);
  expect(parts).toContain("Workflows and workloads");
  expect(parts).toContain("Planning");
  expect(parts).not.toContain("Other");
});
