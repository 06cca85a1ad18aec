/**
 * WiseFuse with some of its transformations switched off, to see what each is worth: the same search from
 * the same start with fewer rewrites. Where sizing is off, one size serves all VMs and is tuned with each
 * structure, as it is for the baselines.
 * Source: the transformations of WISEFUSE, SIGMETRICS'22; that paper's own ablations are not public, so
 * which ones there are, and their single size, are ours.
 */

import { bundle, fuse, type Rewrite, resize, trade } from "../plan/rewrites.ts";
import type { Policy } from "./policy.ts";
import { levelSearch, searchFromUnfused } from "./wisefuse.ts";

const EACH_ITS_SIZE: readonly Rewrite[] = [resize, trade];

/** Fuses series neighbours; no bundles but what fused stages need; one size for all. */
export const fusionOnly: Policy = (task) => levelSearch(task, [fuse]);

/** Bundles parallel workers; no fusion; one size for all. */
export const bundlingOnly: Policy = (task) => levelSearch(task, [bundle]);

/** Sizes every stage's VMs; no fusion, a VM per worker. */
export const sizingOnly: Policy = (task) => searchFromUnfused(task, [], EACH_ITS_SIZE);

/** Fuses and bundles; one size for all. */
export const fusionBundling: Policy = (task) => levelSearch(task, [fuse, bundle]);

/** Fuses and sizes; no bundles but what fused stages need. */
export const fusionSizing: Policy = (task) => searchFromUnfused(task, [fuse], EACH_ITS_SIZE);

/** Bundles and sizes; no fusion. */
export const bundlingSizing: Policy = (task) => searchFromUnfused(task, [bundle], EACH_ITS_SIZE);
