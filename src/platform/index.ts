/** Registry of platforms by name. */

import { InputError, suggestion } from "../check.ts";
import { awsLambda2022, awsLambda2024 } from "./aws-lambda.ts";
import { azureDurable } from "./azure-durable.ts";
import { googleWorkflows } from "./google-workflows.ts";
import { ideal } from "./ideal.ts";
import type { Platform } from "./platform.ts";

const platforms: readonly Platform[] = [
  awsLambda2022,
  awsLambda2024,
  azureDurable,
  googleWorkflows,
  ideal,
];

/** Names of all platforms. */
export const platformNames: readonly string[] = platforms.map((platform) => platform.name);

/**
 * The platform of that name.
 * @throws InputError platform, with the nearest name.
 */
export function platformNamed(name: string): Platform {
  const found = platforms.find((platform) => platform.name === name);
  if (found === undefined)
    throw new InputError(
      "platform",
      `unknown platform "${name}"${suggestion(name, platformNames)}`,
    );
  return found;
}
