/** A plan as text, one line a group and one a passing: what tests, command line and figures speak. */

import { vcpusOf } from "../platform/platform.ts";
import { edgeId, innerEdges } from "../workflow/workflow.ts";
import { memoryNeededMb, workersOf } from "./check-plan.ts";
import type { ExecutionPlan, VmGroup } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { stepsOfGroup } from "./steps.ts";

/**
 * EXPLAIN text of a legal plan: per group its stages, VMs, bundle, size, vCPUs and memory in use; per edge
 * its passing. Ends with a newline.
 */
export function explainPlan(scenario: Scenario, plan: ExecutionPlan): string {
  const lines = [`plan for ${plan.workflow} on ${scenario.platform.name}`];
  plan.groups.forEach((group, g) => {
    lines.push(...explainGroup(scenario, group, g));
  });
  const passings = innerEdges(scenario.workflow)
    .map((edge) => [edgeId(edge), plan.passing[edgeId(edge)]!] as const)
    .filter(([, passing]) => passing !== "local");
  if (passings.length > 0) lines.push("data between groups:");
  for (const [id, passing] of passings) lines.push(`  ${id.replace("->", " -> ")}: ${passing}`);
  return `${lines.join("\n")}\n`;
}

/** The VMs of a group in two lines: how many with what in each, and their size. */
export function groupedVms(scenario: Scenario, group: VmGroup): string {
  const vcpus = vcpusOf(scenario.platform, group.memoryMb).toFixed(2);
  const vms = vmText(scenario, group).replace(/,$/, "");
  return `${vms}\n${group.memoryMb} MB (${vcpus} vCPU)`;
}

function explainGroup(scenario: Scenario, group: VmGroup, g: number): string[] {
  const { workflow, profile, platform } = scenario;
  const vcpus = vcpusOf(platform, group.memoryMb).toFixed(2);
  const neededMb = Math.ceil(memoryNeededMb(workflow, profile, group));
  const stages = group.stages
    .map((id) => {
      const workers = workersOf(workflow, id);
      return workers === 1 ? id : `${id} x${workers}`;
    })
    .join(" + ");
  const lines = [
    `group ${g + 1}: ${stages}`,
    `  ${vmText(scenario, group)} of ${group.memoryMb} MB (${vcpus} vCPU), ${neededMb} MB in use at most`,
  ];
  if (group.prewarmMs !== null) lines.push(`  asked for ${group.prewarmMs} ms after arrival`);
  return lines;
}

function vmText(scenario: Scenario, group: VmGroup): string {
  const widest = Math.max(...group.stages.map((id) => workersOf(scenario.workflow, id)));
  const bundle = group.workersPerVm === "all" ? widest : Math.min(widest, group.workersPerVm);
  const { kind } = stepsOfGroup(scenario.workflow, group);
  const vms = kind === "whole" ? 1 : Math.ceil(widest / bundle);
  const one = vms === 1 ? "1 VM" : `${vms} VMs`;
  if (widest === 1) return one;
  const slots = group.concurrency === "all" ? bundle : Math.min(bundle, group.concurrency);
  const how = bundle === 1 ? "" : ` as ${group.isolation}`;
  const waves = slots < bundle ? `, ${slots} at once` : "";
  const shared = group.assignment === "balanced" ? ", balanced by weight" : "";
  const home = kind === "home" && vms > 1 ? "a home and " : "";
  const count = kind === "home" && vms > 1 ? `${vms - 1} further` : one;
  const each = bundle === 1 ? "1 worker each" : `${bundle} workers each${how}${waves}${shared}`;
  return kind === "home" && vms > 1
    ? `${home}${count} VMs, ${each},`
    : vms === 1
      ? `${one}, ${bundle} workers${how}${waves},`
      : `${count}, ${each},`;
}
