/** What things cost. A VM use: time rounded up to the billing step, times memory, times price, plus the request. */

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

/** Price of requests to the object store, USD. */
export function storeUsd(
  price: PriceSheet,
  { gets, puts }: { readonly gets: number; readonly puts: number },
): number {
  return gets * price.usdPerGet + puts * price.usdPerPut;
}

/** Price of what the orchestrator does to start a step of `count` VMs: one transition, or one a VM and one for all. */
export function stepStartUsd(price: PriceSheet, count: number): number {
  return price.usdPerTransition * (count > 1 ? count + 1 : 1);
}
