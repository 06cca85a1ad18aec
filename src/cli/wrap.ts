/** Text for a terminal of 80 columns. */

const COLUMNS = 80;

/** Lines of at most 80 columns, broken between words; what is broken off is indented two further. */
export function wrapped(text: string): string {
  return text
    .split("\n")
    .map((line) => wrapLine(line))
    .join("\n");
}

function wrapLine(line: string): string {
  if (line.length <= COLUMNS) return line;
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(" ")) {
    const longer = current.trim() === "" ? `${current}${word}` : `${current} ${word}`;
    if (longer.length > COLUMNS && current.trim() !== "") {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current = longer;
  }
  return [...lines, current].join("\n");
}
