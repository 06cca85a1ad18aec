/** What the packages may do to whoever installs them: nothing, under licences that allow it, from fixed bytes. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { measured } from "./trust/figures.ts";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
}

type Versions = Readonly<Record<string, string>>;

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
const own = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
};

const LICENCES = [
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Unlicense",
  "BlueOak-1.0.0",
  "MPL-2.0",
  "Apache-2.0 AND BSL-1.0",
  "MIT OR Apache-2.0",
  "Python-2.0",
  "CC0-1.0",
];

/**
 * Read by a person: a font's own licence, free to use and to embed; a table of browsers under CC-BY-4.0, which asks
 * for attribution where it is passed on (the tool for mutations brings it, nothing that ships does).
 */
const READ = ["node_modules/dejavu-fonts-ttf", "node_modules/caniuse-lite"];

const namesOf = (wrong: readonly (readonly [string, LockedPackage])[]) =>
  wrong.map(([path]) => path);

test("there are packages to look at", () => {
  expect(packages.length).toBeGreaterThan(100);
});

/** Has a script that only copies its binary into place; without it the binary is started where it is. */
const UNNEEDED = ["node_modules/deno"];

test("no package needs a script when it is installed, and none would be run", () => {
  const scripted = namesOf(packages.filter(([, { hasInstallScript }]) => hasInstallScript));
  expect(scripted.filter((path) => !UNNEEDED.includes(path))).toEqual([]);
  expect(readFileSync(".npmrc", "utf8")).toMatch(/^ignore-scripts=true$/m);
});

test("every package is fixed to a version and its bytes, and to no address", () => {
  const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
  expect(namesOf(packages.filter(([, { version }]) => !exact.test(version ?? "")))).toEqual([]);
  // npm records no digest of an optional binary for a system that the lockfile was not made on.
  const loose = packages.filter(
    ([, { integrity, optional }]) =>
      !integrity?.startsWith("sha512-") && !(optional && integrity === undefined),
  );
  expect(namesOf(loose)).toEqual([]);
  expect(namesOf(packages.filter(([, one]) => one.resolved !== undefined || one.link))).toEqual([]);
  const asked = { ...own.dependencies, ...own.devDependencies };
  expect(Object.entries(asked).filter(([, version]) => !exact.test(version))).toEqual([]);
});

test("every licence is on the list; binaries for other systems have that of the package they belong to", () => {
  const unknown = packages.filter(
    ([path, { license, optional }]) =>
      !READ.includes(path) &&
      !(license === undefined && optional) &&
      !LICENCES.includes(license ?? ""),
  );
  const counts = new Map<string, number>();
  for (const [, { license = "that of its package" }] of packages)
    counts.set(license, (counts.get(license) ?? 0) + 1);
  const licences = [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  measured({
    packages: packages.length,
    licences: licences.map(([name, count]) => `${name} ${count}`),
    asked: Object.entries(own.dependencies).map(
      ([name, version]) => `${name} ${version} ${lock.packages[`node_modules/${name}`]?.license}`,
    ),
  });
  expect(unknown.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});
