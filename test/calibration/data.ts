import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The shipped workloads. */
export const TRACES = join(root, "traces");

/** Where measured profiles are, when they are there: WISEFUSE_DATA, or shared/data beside the repository. */
export const DATA = process.env["WISEFUSE_DATA"] ?? join(root, "../shared/data");

/** Whether the Jolteon and ORION profile data are there. */
export const HAS_DATA = existsSync(join(DATA, "jolteon")) && existsSync(join(DATA, "orion"));
