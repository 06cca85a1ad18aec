/** A page in real Chromium that notes every error and every request but its own file. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Debian's package chromium puts it, unless CHROMIUM says otherwise. */
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is a browser to test in. */
export const hasChromium = existsSync(CHROMIUM);

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** An open file, and what went wrong so far. */
export interface OpenPage {
  readonly page: Page;
  readonly errors: readonly string[];
  /** Addresses asked for besides the file itself and data inside it. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** What the reader has. */
export interface Reader {
  readonly width: number;
  readonly height: number;
  readonly colors: "light" | "dark";
}

/** Opens a file from disk, as a double click would, and waits until its charts near the top are drawn. */
export async function openFile(file: string, reader: Reader): Promise<OpenPage> {
  const profile = mkdtempSync(join(tmpdir(), "wisefuse-chromium-"));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    viewport: { width: reader.width, height: reader.height },
    colorScheme: reader.colors,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  const own = pathToFileURL(file).href;
  page.on("request", (request) => {
    const address = request.url();
    if (address !== own && !/^(data|blob):/.test(address)) requests.push(address);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(own);
  await settled(page);
  const close = async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  };
  return { page, errors, requests, close };
}

/** Waits until no chart is being drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction('document.documentElement.dataset.ready === "yes"', null, {
    timeout: 60_000,
  });
}
