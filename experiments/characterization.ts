/** The characterisation of generated populations and of the shipped applications, beside published numbers. */

import { behaviourCdf } from "../src/figure/behaviour-cdf.ts";
import { coldByRate } from "../src/figure/cold-by-rate.ts";
import type { Figure, Tables } from "../src/figure/figure.ts";
import { popularityCurve } from "../src/figure/popularity-curve.ts";
import { shapeCdf } from "../src/figure/shape-cdf.ts";
import { skewByWidth } from "../src/figure/skew-by-width.ts";
import { APPLICATIONS, characterStudy } from "../src/harness/character-study.ts";
import type { Experiment } from "../src/harness/experiment.ts";
import { CURVE_TABLE, StoredCurves } from "../src/result/curve-table.ts";
import { curvesTable } from "../src/result/characterization-table.ts";

const CURVES = "curves";
const EXECUTIONS = "azure-durable";
const WORKFLOWS = "azure-durable-workflows";
const options = {
  presets: [EXECUTIONS, WORKFLOWS],
  workflows: 50_000,
  applications: [
    "video-analytics",
    "ml-pipeline",
    "approximate-svd",
    "ml-pipeline-trees",
    "video-analytics-chunks",
  ],
  sample: 300,
  runs: 100,
};

const curvesOf = (tables: Tables, population: string) =>
  new StoredCurves(CURVE_TABLE.rowsAmong(tables.rows.get(CURVES) ?? []), population);

function shapes(name: string, population: string, caption: string): Figure {
  return { name, caption, draw: (tables) => shapeCdf(curvesOf(tables, population)) };
}

function behaviour(name: string, population: string, caption: string): Figure {
  const draw = (tables: Tables) => {
    const curves = curvesOf(tables, population);
    return behaviourCdf(curves, curves.platform);
  };
  return { name, caption, draw };
}

export const experiment: Experiment = {
  name: "characterization",
  question: "How close are generated populations, and the shipped applications, to production?",
  workloads: [],
  platforms: ["aws-lambda-2024"],
  policies: [],
  sizings: [],
  objectives: () => [],
  studies: [characterStudy(CURVES, options)],
  runs: 1,
  warmupRuns: 0,
  seed: "wisefuse",
  usualSeconds: 60,
  quick: { studies: [characterStudy(CURVES, { ...options, workflows: 3000, sample: 60 })] },
  table: (tables) =>
    [EXECUTIONS, WORKFLOWS, APPLICATIONS]
      .map((population) => curvesTable(population, curvesOf(tables, population)))
      .join("\n"),
  figures: [
    shapes("shapes-executions", EXECUTIONS, "How wide, deep and large are executed workflows?"),
    shapes("shapes-workflows", WORKFLOWS, "How wide, deep and large are workflows, each once?"),
    shapes("shapes-applications", APPLICATIONS, "How do the shipped applications compare?"),
    behaviour("behaviour-executions", EXECUTIONS, "How do generated workflows run and arrive?"),
    behaviour("behaviour-applications", APPLICATIONS, "How do the applications run and arrive?"),
    {
      name: "popularity",
      caption: "How few workflows make most of the executions?",
      draw: (tables) =>
        popularityCurve(curvesOf(tables, EXECUTIONS).points("popularity", "execution")),
    },
    {
      name: "cold-by-rate",
      caption: "How often does a workflow start cold, by how often it runs?",
      draw: (tables) => {
        const curves = curvesOf(tables, EXECUTIONS);
        return coldByRate(curves.points("cold_by_rate", "workflow"), curves.platform);
      },
    },
    {
      name: "skew-by-width",
      caption: "How unequal are the workers of a stage, by how many there are?",
      draw: (tables) =>
        skewByWidth(curvesOf(tables, EXECUTIONS).points("skew_by_width", "workflow")),
    },
  ],
};
