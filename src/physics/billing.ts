/** What a VM use costs: time rounded up to the billing step, times memory, times price, plus the request. */

import type { PriceSheet } from "../platform/platform.ts";

/** Billed time of `activeMs`, ms. */
export function billedMs(price: PriceSheet, activeMs: number): number {
  const step = price.billingStepMs;
  const rounded = step === 0 ? activeMs : Math.ceil(activeMs / step - 1e-9) * step;
  return Math.max(price.minimumBilledMs, rounded);
}

/** Price of one VM use of `memoryMb` for `activeMs`, USD. */
export function vmUseUsd(price: PriceSheet, memoryMb: number, activeMs: number): number {
  return billedMs(price, activeMs) * memoryMb * price.usdPerMbMs + price.usdPerRequest;
}
