/** Registry of foreign formats, in the order of the table of formats. */

import { InputError, suggestion } from "../check.ts";
import { alibaba2018 } from "./alibaba-2018.ts";
import { asl } from "./asl.ts";
import { azure2019 } from "./azure-2019.ts";
import { azure2021 } from "./azure-2021.ts";
import { jaeger } from "./jaeger.ts";
import { jolteon } from "./jolteon.ts";
import { orion } from "./orion.ts";
import { otlp } from "./otlp.ts";
import { powerTuning } from "./power-tuning.ts";
import { reportLines } from "./report-lines.ts";
import { runCsv } from "./run-csv.ts";
import { sfnHistory } from "./sfn-history.ts";
import type { TraceFormat } from "./trace-format.ts";
import { wfformat } from "./wfformat.ts";
import { xray } from "./xray.ts";
import { zipkin } from "./zipkin.ts";

/** Every format that can be imported. */
export const traceFormats: readonly TraceFormat[] = [
  runCsv,
  wfformat,
  azure2019,
  azure2021,
  asl,
  powerTuning,
  reportLines,
  otlp,
  jaeger,
  zipkin,
  xray,
  sfnHistory,
  jolteon,
  orion,
  alibaba2018,
];

/**
 * A format by name.
 * @throws InputError usage, naming the nearest.
 */
export function traceFormat(name: string): TraceFormat {
  const found = traceFormats.find((format) => format.name === name);
  if (found !== undefined) return found;
  const names = traceFormats.map((format) => format.name);
  throw new InputError("usage", `unknown format "${name}"${suggestion(name, names)}`);
}
