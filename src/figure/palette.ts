/**
 * How each policy looks in every chart: one colour, dash and shape each, so that a reader learns
 * them once. Colours are Okabe and Ito's and Tol's, safe for the colour-blind; those of the main
 * policies also differ in grey.
 * Source: Okabe and Ito, Color Universal Design, 2008; Tol, Colour Schemes, SRON/EPS/TN/09-002,
 * 2021.
 */

/** Mark of a policy: line dash in px (empty is solid) and a vega symbol. */
export interface PolicyStyle {
  readonly label: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly shape: string;
}

// Symbols that vega has no name for, as paths in the square from -1 to 1.
const STAR =
  "M0,-1L0.3,-0.35L1,-0.3L0.45,0.15L0.6,0.85L0,0.45L-0.6,0.85L-0.45,0.15L-1,-0.3L-0.3,-0.35Z";
const HEXAGON = "M0,-1L0.87,-0.5L0.87,0.5L0,1L-0.87,0.5L-0.87,-0.5Z";
const HOURGLASS = "M-0.9,-0.9L0.9,-0.9L-0.9,0.9L0.9,0.9Z";
const BOW_TIE = "M-0.9,-0.9L-0.9,0.9L0.9,-0.9L0.9,0.9Z";
const PENTAGON = "M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z";
const BOLT = "M0.2,-1L-0.7,0.2L-0.1,0.2L-0.2,1L0.7,-0.2L0.1,-0.2Z";
const CHEVRON = "M-0.9,0.6L0,-0.8L0.9,0.6L0,0.1Z";
const SALTIRE =
  "M-1,-0.7L-0.7,-1L0,-0.3L0.7,-1L1,-0.7L0.3,0L1,0.7L0.7,1L0,0.3L-0.7,1L-1,0.7L-0.3,0Z";
const HALF_DISC = "M-1,0.5A1,1,0,0,1,1,0.5Z";

// In the order in which charts list them.
const STYLES: Readonly<Record<string, PolicyStyle>> = {
  unfused: { label: "unfused", color: "#000000", dash: [2, 2], shape: "cross" },
  "best-memory": { label: "Best-memory", color: "#ddcc77", dash: [5, 2, 1, 2], shape: HALF_DISC },
  cherrypick: { label: "CherryPick", color: "#cc6677", dash: [6, 4], shape: PENTAGON },
  jolteon: { label: "Jolteon", color: "#d55e00", dash: [10, 3, 4, 3], shape: BOLT },
  photons: { label: "Photons", color: "#e69f00", dash: [8, 3], shape: "square" },
  faastlane: { label: "Faastlane", color: "#009e73", dash: [8, 3, 2, 3], shape: "triangle-up" },
  sonic: { label: "SONIC", color: "#882255", dash: [4, 3], shape: "diamond" },
  orion: { label: "ORION", color: "#332288", dash: [12, 3, 2, 3], shape: "triangle-down" },
  "fusion-only": { label: "fusion only", color: "#44aa99", dash: [6, 2], shape: "triangle-left" },
  "bundling-only": { label: "bundling only", color: "#999933", dash: [3, 2], shape: HOURGLASS },
  "sizing-only": { label: "sizing only", color: "#cc79a7", dash: [10, 2], shape: "triangle-right" },
  "fusion-bundling": {
    label: "fusion and bundling",
    color: "#117733",
    dash: [6, 2, 3, 2],
    shape: BOW_TIE,
  },
  "fusion-sizing": {
    label: "fusion and sizing",
    color: "#88ccee",
    dash: [10, 2, 6, 2],
    shape: CHEVRON,
  },
  "bundling-sizing": {
    label: "bundling and sizing",
    color: "#aa4499",
    dash: [10, 2, 3, 2],
    shape: SALTIRE,
  },
  wisefuse: { label: "WiseFuse", color: "#0072b2", dash: [], shape: "circle" },
  "wisefuse-joint": { label: "WiseFuse joint", color: "#92cff5", dash: [14, 4], shape: STAR },
  exhaustive: { label: "exhaustive", color: "#999999", dash: [1, 3], shape: HEXAGON },
  fixed: { label: "given plans", color: "#0072b2", dash: [], shape: "circle" },
};

const SPARE_COLORS = ["#228833", "#4477aa", "#aa3377", "#ccbb44", "#ee6677", "#66ccee", "#661100"];
const SPARE_DASHES = [
  [5, 5],
  [9, 2, 2, 2],
  [3, 5],
  [12, 5],
  [7, 3, 1, 3],
] as const;
const SPARE_SHAPES = ["circle", "diamond", "triangle-up", "triangle-down", "square", "cross"];

/**
 * Style of a policy by name. Unlisted names get a style from their letters: the same in every
 * chart.
 */
export function policyStyle(policy: string): PolicyStyle {
  const style = STYLES[policy];
  if (style !== undefined) return style;
  let hash = 7;
  for (const letter of policy) hash = (hash * 31 + letter.codePointAt(0)!) % 65521;
  return {
    label: policy,
    color: SPARE_COLORS[hash % SPARE_COLORS.length]!,
    dash: SPARE_DASHES[hash % SPARE_DASHES.length]!,
    shape: SPARE_SHAPES[hash % SPARE_SHAPES.length]!,
  };
}

/**
 * The different policies among `policies` in the order charts list them; unlisted ones last, as
 * they come.
 */
export function policyOrder(policies: readonly string[]): readonly string[] {
  const listed = Object.keys(STYLES);
  const rank = (policy: string) =>
    listed.includes(policy) ? listed.indexOf(policy) : listed.length;
  return [...new Set(policies)].sort((a, b) => rank(a) - rank(b));
}

/**
 * Vega-lite scales for the policies of all the rows of a chart, whichever panel they are in: panels
 * share their legend. The field holds labels.
 */
export function policyScales(rows: readonly { readonly policy: string }[]) {
  const styles = policyOrder(rows.map((row) => row.policy)).map(policyStyle);
  const domain = styles.map((style) => style.label);
  return {
    labels: domain,
    color: { domain, range: styles.map((style) => style.color) },
    dash: { domain, range: styles.map((style) => [...style.dash]) },
    shape: { domain, range: styles.map((style) => style.shape) },
  };
}

/** The vertical axis of a chart with a row for each policy: its label, without ticks or a line. */
export function policyRows(labels: readonly string[], axis: object = {}) {
  return {
    field: "policy",
    type: "nominal",
    sort: labels,
    title: null,
    scale: { domain: labels },
    axis: { ticks: false, domain: false, ...axis },
  } as const;
}

/**
 * Colours of the parts of a run in the order of its life: eight greys in print, neighbours far
 * apart.
 */
export const PART_COLORS = {
  hop: "#6a6a6a",
  queue: "#101010",
  cold: "#6bb5e8",
  init: "#004c78",
  fetch: "#ecc763",
  compute: "#129e75",
  straggler: "#581000",
  store: "#f8d5e6",
} as const;
