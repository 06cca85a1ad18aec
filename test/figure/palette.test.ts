import { describe, expect, it } from "vitest";
import { PART_COLORS, policyOrder, policyStyle } from "../../src/figure/palette.ts";
import { mainPolicies, policyNames } from "../../src/policy/index.ts";
import { power } from "../../src/stats/numeric.ts";

const NAMED = [...policyNames, "exhaustive"];

// CIE lightness, 0 to 100: what is left of a colour in grey print.
function lightness(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : power((c + 0.055) / 1.055, 2.4);
  });
  const y = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return y > 0.008856 ? 116 * power(y, 1 / 3) - 16 : 903.3 * y;
}

function closest(colors: readonly string[]): number {
  const sorted = colors.map(lightness).sort((a, b) => a - b);
  return Math.min(...sorted.slice(1).map((l, i) => l - sorted[i]!));
}

describe("the palette", () => {
  it("gives every policy a colour, a dash and a label of its own", () => {
    const styles = NAMED.map(policyStyle);
    for (const part of ["label", "color", "dash", "shape"] as const)
      expect(new Set(styles.map((style) => String(style[part]))).size, part).toBe(NAMED.length);
  });

  it("keeps the policies of the main comparison apart in grey, and by shape", () => {
    const main = mainPolicies.map(policyStyle);
    expect(closest(main.map((style) => style.color))).toBeGreaterThan(8);
    expect(new Set(main.map((style) => style.shape)).size).toBe(main.length);
  });

  it("keeps the parts of a run apart in grey, neighbours most of all", () => {
    const colors = Object.values(PART_COLORS);
    expect(closest(colors)).toBeGreaterThan(6);
    for (let i = 1; i < colors.length; i++)
      expect(Math.abs(lightness(colors[i]!) - lightness(colors[i - 1]!))).toBeGreaterThan(20);
  });

  it("gives a policy it does not know the same style every time, after those it knows", () => {
    expect(policyStyle("my-own")).toEqual(policyStyle("my-own"));
    expect(policyStyle("my-own").label).toBe("my-own");
    expect(policyOrder(["my-own", "wisefuse", "unfused", "wisefuse"])).toEqual([
      "unfused",
      "wisefuse",
      "my-own",
    ]);
  });
});
