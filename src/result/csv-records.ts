/** CSV text as records: what every table is read from. */

import { parseString } from "fast-csv";
import { InputError } from "../check.ts";

/** The columns of a CSV text, and a text by column for each further line. */
interface Records {
  readonly header: readonly string[];
  readonly records: readonly Record<string, string>[];
}

/**
 * Parses CSV whose first line names the columns.
 * @throws InputError file, for text that is no CSV.
 */
export function recordsOf(text: string, file: string | undefined): Promise<Records> {
  return new Promise((resolve, reject) => {
    const records: Record<string, string>[] = [];
    let header: readonly string[] = [];
    parseString<Record<string, string>, Record<string, string>>(text, { headers: true })
      .on("headers", (names: string[]) => {
        header = names;
      })
      .on("data", (record: Record<string, string>) => records.push(record))
      .on("error", (error: Error) => reject(new InputError("file", error.message, file)))
      .on("end", () => resolve({ header, records }));
  });
}
