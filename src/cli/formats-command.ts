/** `formats`: what can be imported, and what each format can and cannot supply. */

import { traceFormats } from "../trace/index.ts";
import { cannotSupply, SUBJECTS, type Subject, type TraceFormat } from "../trace/trace-format.ts";
import { wrapped } from "./wrap.ts";

const NAME_WIDTH = 12;

/** Prints the table of formats, in 80 columns. */
export function formatsCommand(): number {
  const head = ["format".padEnd(NAME_WIDTH), ...SUBJECTS].join("  ");
  const rows = traceFormats.map((format) =>
    [
      format.name.padEnd(NAME_WIDTH),
      ...SUBJECTS.map((subject) => mark(format, subject).padEnd(subject.length)),
    ]
      .join("  ")
      .trimEnd(),
  );
  const legend =
    "y: supplied; p: in part; -: cannot be supplied, so it is assumed, tagged as such, and named by plan.";
  const details = traceFormats.map((format) => wrapped(detail(format)));
  process.stdout.write(`${[head, ...rows, "", wrapped(legend), "", ...details].join("\n")}\n`);
  return 0;
}

function mark(format: TraceFormat, subject: Subject): string {
  if (cannotSupply(format).includes(subject)) return "-";
  return format.supplies.includes(subject) ? "y" : "p";
}

function detail(format: TraceFormat): string {
  const partly = Object.entries(format.partly).map(([subject, what]) => `${subject}: ${what}`);
  const lines = [`${format.name}: ${format.description}`, `  files: ${format.files}`];
  return (partly.length === 0 ? lines : [...lines, `  in part: ${partly.join("; ")}`]).join("\n");
}
