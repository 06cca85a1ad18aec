/** Runs notebooks as a user would, in Debian's Jupyter with Deno's kernel from npm, and type-checks their cells. */

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

/** Folder of the notebooks. */
export const NOTEBOOKS = resolve("notebooks");
const BINARIES = resolve("node_modules/.bin");
// Debian's own, which a Python version manager may shadow.
const DEBIAN = "/usr/bin/jupyter";
const JUPYTER = process.env["JUPYTER"] ?? (existsSync(DEBIAN) ? DEBIAN : "jupyter");
const CELL_SECONDS = 600;

const run = promisify(execFile);

/** What a cell shows: text of a stream, or one thing in several media. */
export interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}

/** A cell as notebooks hold it. */
export interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly source: readonly string[];
  readonly outputs?: readonly Output[];
  metadata: object;
}

interface Notebook {
  readonly cells: readonly Cell[];
  metadata: object;
}

/** Names of all notebooks. */
export const notebookNames: readonly string[] = readdirSync(NOTEBOOKS)
  .filter((file) => file.endsWith(".ipynb"))
  .map((file) => file.slice(0, -".ipynb".length))
  .sort();

/** The notebook at `path`. */
export function notebookAt(path: string): Notebook {
  return JSON.parse(readFileSync(path, "utf8")) as Notebook;
}

const ATTEMPTS = 4;

/**
 * The text of a notebook with its outputs, every cell run anew in a Jupyter that knows nothing of the user's.
 * Deno's kernel may say on a busy machine that a cell has ended before it has sent all that the cell printed,
 * and Jupyter then drops it: a notebook that shows less than it is stored with is run again.
 * Rejects when a cell fails.
 */
export async function executed(name: string): Promise<string> {
  const stored = shownLines(notebookAt(join(NOTEBOOKS, `${name}.ipynb`)));
  let text = await executedOnce(name);
  for (let i = 1; i < ATTEMPTS && shownLines(JSON.parse(text) as Notebook) < stored; i++)
    text = await executedOnce(name);
  return text;
}

function shownLines({ cells }: Notebook): number {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return outputs.reduce((sum, { text = [""] }) => sum + text.length, 0);
}

async function executedOnce(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "wisefuse-notebook-"));
  try {
    const args = ["nbconvert", "--log-level=WARN", "--to", "notebook", "--execute"];
    // A busy machine may be slow to bring outputs: by default Jupyter waits 4 s for them, then drops them.
    const limits = [
      `--ExecutePreprocessor.timeout=${CELL_SECONDS}`,
      `--ExecutePreprocessor.iopub_timeout=${CELL_SECONDS}`,
      "--ExecutePreprocessor.raise_on_iopub_timeout=True",
    ];
    const output = ["--output-dir", folder, join(NOTEBOOKS, `${name}.ipynb`)];
    const env = {
      ...process.env,
      PATH: [BINARIES, process.env["PATH"]].join(delimiter),
      JUPYTER_PATH: join(NOTEBOOKS, "jupyter"),
      JUPYTER_CONFIG_DIR: join(folder, "config"),
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      IPYTHONDIR: join(folder, "ipython"),
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
    };
    mkdirSync(env.JUPYTER_RUNTIME_DIR);
    await run(JUPYTER, [...args, ...limits, ...output], { cwd: NOTEBOOKS, env });
    return bare(notebookAt(join(folder, `${name}.ipynb`)), notebookAt(output[2]!).metadata);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Without the times of day and the versions that Jupyter notes: what is left is the same on every machine.
function bare(notebook: Notebook, metadata: object): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, metadata: {} }));
  return `${JSON.stringify({ ...notebook, cells, metadata }, null, 1)}\n`;
}

/**
 * What TypeScript has to say about code cells, those of each notebook as one module, under the rules of the
 * sources: a line per fault that begins with the notebook's name; empty when all is well.
 */
export async function typeFaults(
  notebooks: Readonly<Record<string, readonly Cell[]>>,
): Promise<readonly string[]> {
  const folder = join(NOTEBOOKS, ".check");
  mkdirSync(folder, { recursive: true });
  try {
    for (const [name, cells] of Object.entries(notebooks)) {
      const code = cells.filter((cell) => cell.cell_type === "code");
      const text = code.map((cell) => `// ${cell.id}\n${cell.source.join("")}\n`).join("");
      // One folder deeper than the notebook.
      const moved = text.replaceAll(/(from ")(\.\.?\/)/g, "$1../$2");
      writeFileSync(join(folder, `${name}.ts`), `${moved}export {};\n`);
    }
    await run(join(BINARIES, "tsc"), ["--pretty", "false", "-p", join(NOTEBOOKS, "tsconfig.json")]);
    return [];
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    if (stdout === undefined) throw error;
    return stdout.split("\n").flatMap((line) => /notebooks\/\.check\/(.*)/.exec(line)?.[1] ?? []);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
