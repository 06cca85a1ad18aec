/** A report: one page with everything an experiment found, which needs no network and no other file. */

import type { TopLevelSpec } from "vega-lite";
import { policyOrder, policyStyle } from "../figure/palette.ts";
import type { Diagram } from "../figure/plan-diagram.ts";
import { escaped } from "../figure/markup.ts";
import { idOf, jsonInPage, scriptInPage } from "./in-page.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import type { ReportTable } from "./report-table.ts";

/** A chart, and its question, which stands under its title too. */
interface ReportChart {
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

/** Policies under one objective, each with its plan and its runs. */
interface ReportComparison {
  /** Workload, platform and objective. */
  readonly title: string;
  readonly diagrams: readonly (Diagram & { readonly policy: string })[];
  readonly timelines: readonly { readonly policy: string; readonly spec: TopLevelSpec }[];
}

/** Everything a report shows. */
export interface ReportInput {
  readonly name: string;
  readonly question: string;
  /** One sentence. */
  readonly answer: string;
  /** Names of the policies that a reader may hide. */
  readonly policies: readonly string[];
  /** The first is open, the others are behind their captions. */
  readonly tables: readonly ReportTable[];
  readonly charts: readonly ReportChart[];
  /** Diagrams of plans and charts of single runs, by what is compared in each. */
  readonly comparisons: readonly ReportComparison[];
  readonly assumptions: readonly {
    readonly of: string;
    readonly path: string;
    readonly text: string;
  }[];
  /** How to get the same results again: pairs of what and how. */
  readonly rerun: readonly (readonly [what: string, how: string])[];
  /** Sources of vega, vega-lite and vega-embed with their names, in the order to load them. */
  readonly libraries: readonly { readonly name: string; readonly source: string }[];
}

/** The report as HTML: the same input gives the same bytes. */
export function reportHtml(input: ReportInput): string {
  const { name, question, answer, tables, charts, comparisons } = input;
  const styles = policyOrder(input.policies).map(policyStyle);
  const timelines = comparisons.flatMap((one) => one.timelines);
  const specs = [...charts, ...timelines].map((chart) => chart.spec);
  const place = new Map(timelines.map((one, i) => [one, charts.length + i]));
  const sections = [
    styles.length > 1 ? toggles(styles) : "",
    section("Results", tables.map(tableHtml).join("\n")),
    section("Charts", charts.map(({ caption }, i) => chartHtml(caption, i)).join("\n")),
    section("Plans", plansHtml(comparisons)),
    section(
      "Runs one by one",
      comparisons
        .filter((one) => one.timelines.length > 0)
        .map(
          (one) =>
            `<h3>${escaped(one.title)}</h3>${RUNS_NOTE}${one.timelines.map((run) => runHtml(run.policy, one.title, place.get(run)!)).join("\n")}`,
        )
        .join("\n"),
    ),
    section("What this rests on", assumptionsHtml(input.assumptions)),
    section("How to run it again", rerunHtml(input.rerun)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:">
<title>${escaped(name)}: ${escaped(question)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<p class="soft">WiseFuse experiment</p>
<h1>${escaped(name)}</h1>
<p class="question">${escaped(question)}</p>
<p class="answer">${escaped(answer)}</p>
<noscript><p>Charts and sorting need JavaScript; the tables and plans below do not.</p></noscript>
${sections.filter((part) => part !== "").join("\n")}
</main>
<script type="application/json" id="charts">${jsonInPage(specs)}</script>
<script type="application/json" id="policies">${jsonInPage(styles.map((style) => style.label))}</script>
${input.libraries.map((library) => `<script>/* ${escaped(library.name)} */${scriptInPage(library.source)}</script>`).join("\n")}
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

const PLANS_NOTE =
  '<p class="soft">A blue box is a group of stages that share VMs. Solid: in memory; dashed: from VM to VM or as payload; dotted: through the object store. Red: the critical path of the typical (P50) run.</p>';

const RUNS_NOTE =
  '<p class="soft">How do a typical (P50) and a slow (P95) run spend their time on their VMs?</p>';

function section(title: string, content: string): string {
  return content === "" ? "" : `<section>\n<h2>${title}</h2>\n${content}\n</section>`;
}

function toggles(styles: readonly { readonly label: string; readonly color: string }[]): string {
  const boxes = styles.map(
    ({ label, color }) =>
      `<label><input type="checkbox" checked value="${escaped(label)}"><span class="swatch" style="background:${color}"></span>${escaped(label)}</label>`,
  );
  return `<fieldset><legend>Policies shown</legend>${boxes.join("\n")}</fieldset>`;
}

function tableHtml(table: ReportTable, place: number): string {
  const kind = (numeric: boolean) => (numeric ? ' class="number"' : "");
  const heads = table.columns.map(
    ({ name, numeric }) =>
      `<th scope="col"${kind(numeric)}><button type="button">${escaped(name)}</button></th>`,
  );
  const rows = table.rows.map(({ policy, entries }) => {
    const cells = entries.map(({ text, value }, i) => {
      const sort = escaped(value === null ? "" : String(value));
      return `<td${kind(table.columns[i]!.numeric)} data-value="${sort}">${escaped(text)}</td>`;
    });
    return `<tr data-policy="${escaped(policy)}">${cells.join("")}</tr>`;
  });
  const title = escaped(table.title);
  const html = `<p class="soft">${escaped(table.caption)}</p>
<div class="scroll tall" tabindex="0" role="region" aria-label="${title}"><table aria-label="${title}">
<thead><tr>${heads.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>`;
  if (place === 0) return html;
  return `<details><summary>${title} (${table.rows.length} rows)</summary>\n${html}\n</details>`;
}

function chartHtml(caption: string, place: number): string {
  const text = escaped(caption);
  return `<figure>${paper(text, chartBox(place))}</figure>`;
}

function runHtml(policy: string, title: string, place: number): string {
  const label = escaped(policyStyle(policy).label);
  const text = `Runs of ${label}, ${escaped(title)}`;
  return `<figure data-policy="${label}">${paper(text, chartBox(place))}</figure>`;
}

function plansHtml(comparisons: readonly ReportComparison[]): string {
  const drawn = comparisons.filter((one) => one.diagrams.length > 0);
  const parts = drawn.map(({ title, diagrams }) => {
    const figures = diagrams.map(({ svg, policy }) => {
      const label = escaped(policyStyle(policy).label);
      return `<figure data-policy="${label}">${paper(`Plan of ${label}, ${escaped(title)}`, svg)}</figure>`;
    });
    return `<h3>${escaped(title)}</h3><div class="diagrams">${figures.join("\n")}</div>`;
  });
  return drawn.length === 0 ? "" : `${PLANS_NOTE}\n${parts.join("\n")}`;
}

// What is wider than the window scrolls inside its paper, with the arrow keys too.
function paper(label: string, content: string): string {
  return `<div class="paper scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

function chartBox(place: number): string {
  return `<div id="${idOf("chart", place)}" data-place="${place}"></div>`;
}

function assumptionsHtml(assumptions: ReportInput["assumptions"]): string {
  if (assumptions.length === 0) return "";
  const items = assumptions.map(
    ({ of, path, text }) =>
      `<li>${escaped(of)}${path === "" ? "" : ` <code>${escaped(path)}</code>`}: ${escaped(text)}</li>`,
  );
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

function rerunHtml(rerun: ReportInput["rerun"]): string {
  const [first, ...rest] = rerun;
  if (first === undefined) return "";
  const items = rest.map(
    ([what, how]) => `<li>${escaped(what)}: <code>${escaped(how)}</code></li>`,
  );
  return `<p>${escaped(first[0])}</p><pre>${escaped(first[1])}</pre>\n<ul>\n${items.join("\n")}\n</ul>`;
}
