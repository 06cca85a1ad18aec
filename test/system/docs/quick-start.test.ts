/** The quick start as it is written: every command prints what the page shows. */

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const execute = promisify(execFile);
const MAIN = resolve("dist/src/cli/main.js");
const page = readFileSync("docs/quick-start.md", "utf8");
const steps = [...page.matchAll(/```sh\n([^`]*)```(?:\s*```\n([^`]*)```)?/g)].map(
  ([, commands = "", shown]) => ({ commands: commands.trimEnd().split("\n"), shown }),
);

// Blocks of commands, each with what its last one prints; a line of "…" stands for what is left out.
test("the quick start's commands print what it shows", async () => {
  expect(steps.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(4);
  const folder = mkdtempSync(join(tmpdir(), "wisefuse-quick-start-"));
  try {
    for (const { commands, shown } of steps) {
      for (const command of commands) {
        const printed = await run(command, folder);
        if (shown === undefined || command !== commands.at(-1)) continue;
        const [head = "", rest] = shown.trimEnd().split("\n…");
        if (rest === undefined) expect(printed, command).toBe(head);
        else expect(printed.slice(0, head.length), command).toBe(head);
        expect(Math.max(...shown.split("\n").map((line) => line.length)), command).toBeLessThan(81);
      }
    }
    for (const left of ["first/report.html", "album.plan.svg", "album/report.html"])
      expect(existsSync(join(folder, left)), left).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function run(command: string, folder: string): Promise<string> {
  const [verb, ...words] = command.split(" ");
  if (verb === "cp") {
    cpSync(words[0]!, join(folder, words[1]!));
    return "";
  }
  if (command === "npm ci") return "";
  const [, script, name] = /^npm run (\S+) -- (.*)$/.exec(command)!;
  const args = [...(script === "wisefuse" ? [] : [script!]), ...name!.split(" ")];
  const { stdout } = await execute(process.execPath, [MAIN, ...args], { cwd: folder });
  return stdout.trimEnd();
}
