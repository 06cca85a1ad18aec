import { expect, describe, test } from "vitest";
import { families } from "../../experiments/theory/families.ts";
import { exactly, type Family, type Truth } from "../../experiments/theory/family.ts";
import { waitInMmc } from "../../experiments/theory/formulas.ts";
import { coldStream, erlangLoss, keepAlive } from "../../experiments/theory/many-servers.ts";
import { manyVcpus, processorSharing } from "../../experiments/theory/one-vm.ts";
import {
  csvRows,
  familyTable,
  ratioPoints,
  summaryTable,
} from "../../experiments/theory/report.ts";
import { verify } from "../../experiments/theory/verify.ts";
import { forkJoin, singleServer } from "../../experiments/theory/waiting-lines.ts";
import { renderWithWarnings } from "../../src/figure/figure.ts";
import { ratioIntervals } from "../../src/figure/ratio-intervals.ts";
import { measured } from "../trust/figures.ts";

/** Every `every`-th setting, the first at `from`. */
function some(family: Family, every: number, from = 0): Family {
  return { ...family, settings: family.settings.filter((_, i) => i % every === from) };
}

const quick = families.map((family, i) => some(family, 8, i % 8));
const verification = verify(quick, "quick", 0.1);

describe("the simulator, held against queueing theory", () => {
  test("has at least 30 settings of each queue", () => {
    for (const { name, settings } of families) {
      expect(settings.length, name).toBeGreaterThanOrEqual(30);
      expect(new Set(settings.map(({ label }) => label)).size, name).toBe(settings.length);
    }
  });

  for (const { name } of families)
    test(`holds: ${name}`, () => {
      const own = verification.verdicts.filter(({ family }) => family === name);
      expect(own.length).toBeGreaterThan(2);
      expect(own.filter(({ rejected }) => rejected).map(({ setting }) => setting.label)).toEqual(
        [],
      );
    });

  test("is told with its intervals in 80 columns, a file and a figure without objection", async () => {
    const tables = quick.map((family) => familyTable(family, verification));
    const report = [...tables, summaryTable(quick, verification)].join("\n");
    expect(report.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(csvRows(verification)).toHaveLength(verification.verdicts.length);
    expect(csvRows(verification).every(({ verdict }) => verdict === "holds")).toBe(true);
    const { warnings } = await renderWithWarnings(ratioIntervals(ratioPoints(verification)));
    expect(warnings).toEqual([]);
  });
});

// The battery must be able to fail: the same settings with formulas that are wrong as people get them wrong.
describe("a wrong formula is found", () => {
  const loadOf = (label: string) => Number(/load ([\d.]+)/.exec(label)![1]);
  const wrong: readonly (readonly [string, Family, (label: string, truth: Truth) => number])[] = [
    ["the wait in place of the response", some(singleServer, 10, 7), (_, { low }) => low - 1],
    [
      "a limit of one VM more",
      some(erlangLoss, 10, 2),
      (label, { low }) => {
        const [servers, load] = [Number(/c (\d+)/.exec(label)![1]), loadOf(label)];
        return (load * low) / (servers + 1 + load * low);
      },
    ],
    [
      "first come, first served where vCPUs are shared (Pollaczek and Khinchine, cv 1.5)",
      some({ ...processorSharing, settings: processorSharing.settings.slice(15, 20) }, 2, 0),
      (label) => 1 + (loadOf(label) * (1 + 1.5 * 1.5)) / 2 / (1 - loadOf(label)),
    ],
    [
      "a keep-alive that begins with the use, not after it",
      some(keepAlive, 8, 7),
      (label) => Math.exp(-loadOf(label) * Number(/keep-alive ([\d.]+)/.exec(label)![1])),
    ],
    ["a keep-alive of a tenth more", some(coldStream, 10, 6), (_, { low }) => low ** 1.1],
    [
      "one vCPU more",
      some(manyVcpus, 15, 4),
      (label) => 1 + waitInMmc(Number(/c (\d+)/.exec(label)![1]) + 1, loadOf(label), 1),
    ],
    [
      "one of two queues in place of the slower",
      { ...forkJoin, settings: [forkJoin.settings[6]!] },
      (label) => 1 / (1 - loadOf(label)),
    ],
  ];
  const found: string[] = [];
  for (const [title, family, formula] of wrong)
    test(title, () => {
      const settings = family.settings.map((setting) => ({
        ...setting,
        truth: exactly(formula(setting.label, setting.truth)),
      }));
      const { verdicts } = verify([{ ...family, settings }], "power", 0.25);
      expect(verdicts.length).toBeGreaterThan(0);
      expect(verdicts.filter(({ rejected }) => !rejected)).toEqual([]);
      found.push(title);
      measured({ wrongFormulasFound: found });
    });
});
