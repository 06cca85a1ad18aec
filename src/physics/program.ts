/**
 * A scenario and a plan compiled for evaluation: stages with their draws, groups with their VMs, and the
 * steps between joins. Both evaluators run the same program, so neither can favour a policy.
 */

import type { Failures } from "../plan/failures.ts";
import type { Passing, VmGroup } from "../plan/plan.ts";
import type { Platform } from "../platform/platform.ts";
import type { BulkSampler, Sampler } from "../stats/families.ts";
import type { StageProfile } from "../workflow/profile.ts";
import type { Shape } from "../workflow/workflow.ts";
import type { SpeedLaw } from "./compute.ts";
import type { GroupKind } from "../plan/steps.ts";
import type { VmSetting } from "./vm.ts";

/** A quantity that is constant or drawn: `constant` is NaN when it is drawn. */
export interface Draw {
  readonly constant: number;
  readonly sample: Sampler;
  /** The same for many numbers at once, where that is worth it. */
  readonly sampleAll?: BulkSampler;
}

/** An edge, seen from either end. Stage indices; -1 for `input` and `output`. */
export interface ProgramEdge {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly shape: Shape;
  readonly passing: Passing;
  readonly bytes: Draw;
  /** Stage whose run factor scales the bytes, or -1. */
  readonly scaledBy: number;
  readonly parallelRequests: number;
}

/** A branch of a choice, its choice by number. */
export interface ProgramBranch {
  readonly choice: number;
  readonly within: readonly (readonly [number, number])[];
  /** Workers in a row that share a draw; Infinity for one draw a run. */
  readonly workersEach: number;
}

/** A stage ready for evaluation. Its index is its place in the workflow's topological order. */
export interface ProgramStage {
  readonly index: number;
  readonly id: string;
  readonly profile: StageProfile;
  readonly group: number;
  readonly step: number;
  readonly law: SpeedLaw;
  readonly workers: Draw;
  readonly workersMax: number;
  /** Stage whose fan-out draw this one shares: pairwise neighbours have equal fan-outs. */
  readonly fanOutOf: number;
  readonly work: Draw;
  readonly waitMs: Draw;
  readonly contentSigma: number;
  readonly contentWeights: Float64Array | null;
  readonly noiseSigma: number;
  readonly runSigma: number;
  /** Stage whose run-factor draw this one shares. */
  readonly runFactorOf: number;
  /** Branches that must all be taken for a worker to work. */
  readonly when: readonly ProgramBranch[];
  readonly inEdges: readonly ProgramEdge[];
  readonly outEdges: readonly ProgramEdge[];
}

/** VMs of one size that serve some stages. */
export interface ProgramGroup {
  readonly index: number;
  readonly plan: VmGroup;
  /** Stage indices. */
  readonly stages: readonly number[];
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly nicBytesPerMs: number;
  /** Workers per VM; Infinity for all. */
  readonly bundle: number;
  readonly concurrency: number;
  readonly threads: boolean;
  readonly acquisitionMs: Draw;
  readonly runtimeInitMs: Draw;
  readonly initBilled: boolean;
  /** vCPU-ms of the handlers of all fused stages, once per VM. */
  readonly initCpuMs: number;
  readonly steps: readonly number[];
  readonly kind: GroupKind;
  /** Index of the first stage: names the group's draws. */
  readonly name: number;
}

/** An edge inside one step: worker to worker, or a join. Places in the step's stage list. */
interface InnerEdge {
  readonly from: number;
  readonly to: number;
  readonly pairwise: boolean;
}

/** What VMs of one group do between two joins with the rest of the workflow. */
export interface ProgramStep {
  readonly index: number;
  readonly group: number;
  /** Stage indices, in topological order. */
  readonly stages: readonly number[];
  readonly inner: readonly InnerEdge[];
  /** Size, concurrency and laws of its VMs, as the solver wants them. */
  readonly vm: VmSetting;
  /** One VM holds every worker of every stage of the step. */
  readonly whole: boolean;
  /** Each of its VMs holds one worker of one stage, and nothing before or after; false where VMs may fail. */
  readonly lone: boolean;
  readonly successors: readonly number[];
  readonly predecessorCount: number;
  /** VM 0 is the group's home, held since an earlier step. */
  readonly continuesHome: boolean;
  readonly lastOfGroup: boolean;
  /** Workers in bundling order: worker `order[i]` runs in VM floor(i / bundle); null for the identity. */
  readonly order: Int32Array | null;
  /** Any edge pulled from a producer's VM, or held for such a pull. */
  readonly directIn: readonly ProgramEdge[];
  readonly directOut: readonly ProgramEdge[];
  readonly inlineIn: readonly ProgramEdge[];
}

/** A compiled scenario and plan. */
export interface Program {
  readonly platform: Platform;
  readonly stages: readonly ProgramStage[];
  readonly edges: readonly ProgramEdge[];
  readonly groups: readonly ProgramGroup[];
  readonly steps: readonly ProgramStep[];
  /** The widest stage, whose skew is reported; -1 when no stage is parallel. */
  readonly widestStage: number;
  /** How many choices there are. */
  readonly choices: number;
  /** Null where nothing fails. */
  readonly failures: Failures | null;
}
