/** Reports as a reader meets them: opened from disk in real Chromium. Needs Debian's package chromium. */

import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, fileIn, run } from "../../cli/run.ts";
import { measured } from "../../trust/figures.ts";
import { hasChromium, type OpenPage, openFile, type Reader, settled } from "./browser.ts";

const DESKTOP: Reader = { width: 1280, height: 900, colors: "light" };
const PHONE: Reader = { width: 360, height: 740, colors: "light" };
/** What a file may say about itself, and be called. */
const EVIL = "</script><img src=x onerror=alert(1)>";
const NAME = "<img src=x onerror=alert(2)>.yaml";
/** Where screenshots go, to be looked at. */
const SHOTS = resolve("dist/screenshots");

const folder = emptyFolder();
let file = "";

if (!hasChromium) process.stderr.write("no chromium here: reports are not opened\n");

beforeAll(async () => {
  if (!hasChromium) return;
  mkdirSync(SHOTS, { recursive: true });
  const shipped = readFileSync("traces/ml-pipeline.yaml", "utf8");
  const workload = shipped.replace("rare enough that VMs are often", EVIL);
  expect(workload).not.toBe(shipped);
  fileIn(folder, NAME, workload);
  const options = ["--policies", "unfused,photons,wisefuse", "--slo", "18s,20s,30s"];
  const { code, stderr } = await run(
    ["compare", NAME, ...options, "--runs", "200", "--out", "out", "--quiet"],
    folder,
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  file = join(folder, "out/report.html");
});

const textsOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

// Scrolls through the page, so that every chart is drawn.
async function seen(page: Page): Promise<void> {
  for (let place = 0; place < (await page.locator("[data-place]").count()); place++) {
    await page.locator(`[data-place="${place}"]`).scrollIntoViewIfNeeded();
    await page.waitForFunction(
      `document.querySelector('[data-place="${place}"] svg') !== null`,
      null,
    );
  }
  await settled(page);
}

describe.skipIf(!hasChromium)("a report", () => {
  let opened: OpenPage;
  let page: Page;
  beforeAll(async () => {
    opened = await openFile(file, DESKTOP);
    ({ page } = opened);
    await seen(page);
  });
  afterAll(() => opened.close());

  test("says question, answer, tables, charts, plans, runs, assumptions and how to rerun it", async () => {
    expect(await textsOf(page, "h2")).toEqual([
      "Results",
      "Charts",
      "Plans",
      "Runs one by one",
      "What this rests on",
      "How to run it again",
    ]);
    expect(await page.locator(".question").textContent()).toContain("?");
    expect(await page.locator(".answer").textContent()).toMatch(
      /^For least cost, P95 ≤ 20 s, WiseFuse costs [\d.]+ USD per 1,000 runs, .* less than unfused/,
    );
    expect(await page.locator(".diagrams figure").count()).toBe(3);
    expect(await page.locator("[data-place]").count()).toBe(7 + 3);
    expect(await page.locator("pre").textContent()).toContain(
      "--policies unfused,photons,wisefuse",
    );
  });

  test("toggles hide a policy in charts, tables, plans and runs, and bring it back", async () => {
    const bars = () => textsOf(page, "#chart-1 svg text");
    const visible = () => page.locator('[data-policy="Photons"]:visible').count();
    const before = await bars();
    expect(before).toContain("Photons");
    expect(await visible()).toBeGreaterThanOrEqual(3);
    await page.getByRole("checkbox", { name: "Photons" }).uncheck();
    await settled(page);
    expect(await bars()).not.toContain("Photons");
    expect(await bars()).toContain("WiseFuse");
    expect(await visible()).toBe(0);
    await page.getByRole("checkbox", { name: "Photons" }).check();
    await settled(page);
    expect(await bars()).toEqual(before);
  });

  test("tables sort by any column, up and then down, numbers as numbers", async () => {
    const table = page.locator("table").first();
    const column = async (name: string) => {
      const heads = await textsOf(page, "table >> nth=0 >> thead >> th");
      const place = heads.indexOf(name) + 1;
      return textsOf(page, `table >> nth=0 >> tbody >> td:nth-child(${place})`);
    };
    const p95 = table.getByRole("button", { name: "P95 (s)", exact: true });
    await p95.click();
    const up = (await column("P95 (s)")).map(Number);
    expect(up).toEqual(up.toSorted((a, b) => a - b));
    await p95.click();
    expect((await column("P95 (s)")).map(Number)).toEqual(up.toReversed());
    expect(await table.locator('th[aria-sort="descending"]').textContent()).toBe("P95 (s)");
    await table.getByRole("button", { name: "policy" }).click();
    expect(await column("policy")).toEqual(["Photons *", "WiseFuse", "unfused"]);
    expect(await table.locator("th[aria-sort]").count()).toBe(1);
  });

  test("charts say what a mark is when it is pointed at, with its unit", async () => {
    const bar = page.locator('#chart-1 .mark-rect path[aria-roledescription="bar"]').first();
    await bar.scrollIntoViewIfNeeded();
    await bar.hover();
    const tip = page.locator("#vg-tooltip-element.visible");
    await tip.waitFor({ timeout: 5000 });
    expect(await tip.textContent()).toMatch(/P95 latency \(s\).*\d/);
    await page.mouse.move(0, 0);
  });

  test("everything can be reached and used from the keyboard", async () => {
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
    const wanted = await page
      .locator("input, thead button, summary, [tabindex='0']")
      .locator("visible=true")
      .count();
    const reached = new Set<string>();
    await page.evaluate(
      "document.querySelectorAll('input, button, summary, [tabindex]').forEach((one, i) => { one.dataset.stop = i; })",
    );
    for (let i = 0; i < wanted + 5; i++) {
      await page.keyboard.press("Tab");
      const stop: unknown = await page.evaluate("document.activeElement.dataset.stop ?? ''");
      if (typeof stop === "string" && stop !== "") reached.add(stop);
    }
    expect(reached.size).toBe(wanted);
    const box = page.getByRole("checkbox", { name: "unfused" });
    await box.focus();
    await page.keyboard.press("Space");
    await settled(page);
    expect(await box.isChecked()).toBe(false);
    await page.keyboard.press("Space");
    await settled(page);
    const head = page.getByRole("button", { name: "P50 (s)" }).first();
    await head.focus();
    await page.keyboard.press("Enter");
    expect(await page.locator('th[aria-sort="ascending"]').first().textContent()).toBe("P50 (s)");
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details[open] table").count()).toBe(1);
    await page.keyboard.press("Enter");
  });

  test("what files say and are called stays text, even when they are markup", async () => {
    expect(await page.locator("img").count()).toBe(0);
    expect(await textsOf(page, "li")).toContainEqual(expect.stringContaining(EVIL));
    expect(await page.locator("h1").textContent()).toContain("<img src=x onerror=alert(2)>");
    expect(await page.locator("pre").textContent()).toContain(`compare ${NAME}`);
    const agent = String(await page.evaluate("navigator.userAgent"));
    measured({ browser: /Chrome\/[\d.]+/.exec(agent)?.[0] ?? agent });
  });

  test("nothing was asked of any network, and nothing went wrong", () => {
    expect(opened.requests).toEqual([]);
    expect(opened.errors).toEqual([]);
  });
});

describe.skipIf(!hasChromium)("a report's page", () => {
  test.each([
    ["desktop-light", DESKTOP],
    ["desktop-dark", { ...DESKTOP, colors: "dark" }],
    ["phone-light", PHONE],
    ["phone-dark", { ...PHONE, colors: "dark" }],
  ] as const)("fits %s: nothing sticks out, text stands out", async (name, reader) => {
    const opened = await openFile(file, reader);
    const { page, errors, requests } = opened;
    await seen(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(reader.width);
    const color = (what: string) => `getComputedStyle(document.body).${what}`;
    const [ink, paper] = await Promise.all([
      page.evaluate(color("color")),
      page.evaluate(color("backgroundColor")),
    ]);
    expect(contrast(String(ink), String(paper))).toBeGreaterThan(7);
    const bright = luminance(String(paper)) > 0.5;
    expect(bright).toBe(reader.colors === "light");
    await page.evaluate("scrollTo(0, 0)");
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
    expect({ errors, requests }).toEqual({ errors: [], requests: [] });
    await opened.close();
  });
});

// Source: Web Content Accessibility Guidelines 2.2, relative luminance and contrast ratio.
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const c = Number(part) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
