/** Data and scripts on their way into a page, which no text of theirs can end. */

/** A value as JSON for a script element, which ends at the first `</script`. */
export function jsonInPage(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

/** The source of a library for a script element. */
export function scriptInPage(source: string): string {
  return source.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}

/** An id for an element, the same for the same place in the page. */
export function idOf(kind: string, place: number): string {
  return `${kind}-${place + 1}`;
}
