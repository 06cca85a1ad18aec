/** A generated population replayed on one account, a task per policy: what each policy gives each class of workflow. */

import type { PolicyName } from "../policy/index.ts";
import { REPLAY_TABLE } from "../result/replay.ts";
import { Population } from "../trace/synthetic.ts";
import { replay, type ReplayOptions } from "./replay.ts";
import type { StudyRun, TableStudy } from "./study.ts";

/** What all ratios are to; replayed in every task, so that each has its pairs at hand. */
const REFERENCE: PolicyName = "unfused";

/** What is replayed. */
export interface ReplayStudyOptions extends Pick<ReplayOptions, "hours" | "warmupHours" | "limit"> {
  readonly preset: string;
  readonly workflows: number;
}

/** Replays `workflows` generated workflows; each seed names its own population and its own luck. */
export function replayStudy(name: string, options: ReplayStudyOptions): TableStudy {
  const { preset, workflows, ...replayed } = options;
  return {
    name,
    table: REPLAY_TABLE,
    tasks: (run) => partsOf(run).map(({ task }) => task),
    rows(wanted, _shipped, run) {
      const { platform, seed, policy } = partsOf(run).find(({ task }) => task === wanted)!;
      const population = new Population(preset, workflows, seed);
      const drawn = Array.from({ length: workflows }, (_, i) => population.workloadOf(i + 1));
      const names = policy === REFERENCE ? [REFERENCE] : [REFERENCE, policy];
      const settings = { ...replayed, sizing: "tuned", platform, seed, policies: names } as const;
      const { tally } = replay([drawn], settings);
      return tally.rows({ platform, seed }).filter((row) => row.policy === policy);
    },
  };
}

function partsOf({ platforms, seeds, policies }: StudyRun) {
  return platforms.flatMap((platform) =>
    seeds.flatMap((seed) =>
      policies.map((policy) => ({
        task: `${policy} on ${platform}, seed ${seed}`,
        platform,
        seed,
        policy,
      })),
    ),
  );
}
