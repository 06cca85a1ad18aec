/**
 * Hot path: ln and exp with the same bits on every JavaScript engine, for results must not depend on the Node
 * version and Math.log and Math.exp differ in the last bit between V8 releases.
 * The bits are those of @stdlib (FreeBSD's msun), which is asked wherever an argument is out of the ordinary;
 * on the ordinary ones this takes a third of the time, as nothing is taken apart into words and put together.
 */

import stdlibExp from "@stdlib/math-base-special-exp";
import stdlibLn from "@stdlib/math-base-special-ln";

// The packages are CommonJS: under nodenext their default import is typed as the module, not the function.
const expOfAny = stdlibExp as unknown as (x: number) => number;
const lnOfAny = stdlibLn as unknown as (x: number) => number;

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.442695040888963387;

// The words of one double, to read its exponent.
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const HIGH = new Uint8Array(Int32Array.of(1).buffer)[0] === 1 ? 1 : 0;

// 2^k at k + EXPONENT_MAX, exact: products with them are too as long as they are not tiny.
const EXPONENT_MAX = 1024;
const POWERS = powersOfTwo();

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2 * EXPONENT_MAX + 1);
  powers[EXPONENT_MAX] = 1;
  for (let k = 1; k <= EXPONENT_MAX; k++) {
    powers[EXPONENT_MAX + k] = 2 * powers[EXPONENT_MAX + k - 1]!;
    powers[EXPONENT_MAX - k] = 0.5 * powers[EXPONENT_MAX - k + 1]!;
  }
  return powers;
}

/**
 * Natural logarithm, the same bits everywhere; error below 1 ulp.
 * Source: FreeBSD msun e_log.c: x = 2^k (1 + f), and a polynomial in f / (2 + f).
 */
export function ln(x: number): number {
  double[0] = x;
  let high = words[HIGH]!;
  // Zero, negative, subnormal, infinite or no number.
  if (high < 0x00100000 || high >= 0x7ff00000) return lnOfAny(x);
  let k = (high >> 20) - 1023;
  high &= 0x000fffff;
  // From the square root of 2 on, x / 2 is nearer to 1.
  k += (high + 0x95f64) >> 20;
  const f = x * POWERS[EXPONENT_MAX - k]! - 1;
  if ((0x000fffff & (2 + high)) < 3) return lnNearPower(f, k);
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const t2 =
    z *
    (0.6666666666666735 +
      w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const r = t2 + t1;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    return k === 0
      ? f - (half - s * (half + r))
      : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
  }
  return k === 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f);
}

// |f| below 2^-20.
function lnNearPower(f: number, k: number): number {
  const r = f * f * (0.5 - 0.3333333333333333 * f);
  return k === 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f);
}

/**
 * e^x, the same bits everywhere; error below 1 ulp.
 * Source: FreeBSD msun e_exp.c: x = k ln 2 + r, and a rational function of r.
 */
export function exp(x: number): number {
  // Where the result is tiny, infinite, one, or no number.
  if (!(x > -700 && x < 700) || (x > -1e-8 && x < 1e-8)) return expOfAny(x);
  const k = Math.trunc(x < 0 ? LOG2_E * x - 0.5 : LOG2_E * x + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t *
              (0.00006613756321437934 +
                t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (low - (r * c) / (2 - c) - high);
  return y * POWERS[EXPONENT_MAX + k]!;
}
