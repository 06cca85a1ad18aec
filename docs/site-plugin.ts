/** What typedoc is told besides typedoc.json: titles of pages, and which part of the library an export belongs to. */

import {
  type Application,
  type Comment,
  type CommentDisplayPart,
  CommentTag,
  type Context,
  Converter,
  type DeclarationReflection,
  ReflectionKind,
} from "typedoc";

/** Titles of the parts by folder of `src`, in the order of the map. */
const PARTS: Readonly<Record<string, string>> = {
  workflow: "Workflows and workloads",
  trace: "Workflows and workloads",
  platform: "Platforms",
  plan: "Plans",
  policy: "Planning",
  model: "Prediction",
  execution: "Simulation",
  result: "Results",
  figure: "Results",
  harness: "Many workflows",
  stats: "Numbers",
};

/** Called by typedoc. */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.content = withPlainHeadings(document.content);
    // A page is named by its first heading, not by its file: several are called README.
    const text = document.content.map((part) => part.text).join("");
    document.name = /^#\s+(.*)$/m.exec(text)?.[1] ?? document.name;
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, declaration) => {
    if (declaration.kindOf(ReflectionKind.Module)) declaration.name = "wisefuse";
    else categorize(context, declaration, declaration.comment);
  });
  // A function's docstring is that of its signature.
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (context, { parent, comment }) => {
    if (parent.kindOf(ReflectionKind.Function)) categorize(context, parent, comment);
  });
}

function categorize(
  context: Context,
  declaration: DeclarationReflection,
  comment: Comment | undefined,
): void {
  if (declaration.parent?.kindOf(ReflectionKind.Module) !== true) return;
  const symbol = context.getSymbolFromReflection(declaration);
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName ?? "";
  const part = PARTS[/\/src\/(\w+)\//.exec(file)?.[1] ?? ""] ?? "Errors";
  comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: part }]));
}

// Anchors of headings leave out what is set as code, so that "## `skew`" would have none.
function withPlainHeadings(content: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  let line = "";
  return content.map((part) => {
    const inHeading = part.kind === "code" && /^#+\s/.test(line);
    const shown: CommentDisplayPart = inHeading
      ? { kind: "text", text: part.text.replaceAll("`", "") }
      : part;
    line = (line + shown.text).split("\n").at(-1)!;
    return shown;
  });
}
