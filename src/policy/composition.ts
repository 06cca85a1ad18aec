/** Hot path: the latency of a plan from those of its groups, run by run: exact, or a bound below it. */

import type { Scenario } from "../plan/scenario.ts";
import { descendants } from "../workflow/graph.ts";
import { innerEdges } from "../workflow/workflow.ts";
import type { Least, Structure } from "./group-table.ts";

/** An edge from another block, by places; `reaches` are the crossing edges that wait for it. */
interface Inlet {
  readonly edge: number;
  readonly reaches: readonly number[];
}

interface BlockLinks {
  readonly home: boolean;
  readonly inlets: readonly Inlet[];
  /** Crossing edges out of the block. */
  readonly outlets: readonly number[];
  /** Whether some stage has no inner edge into it, so that it begins at once. */
  readonly begins: boolean;
}

/**
 * Groups end to end along the edges between them. Blocks closed in themselves begin when all their inputs
 * are there, and so do homes whose inputs all go to one stage and whose outputs all leave from one: their
 * composition is exact. Of other homes only this is used, that every output is `leastMs` after each input
 * that leads to it, and the whole not before its latency alone.
 */
export class Composition {
  /** Whether it is exact for given outcomes, so that nothing of a group counts but these. */
  readonly exact: boolean;
  /** Whether it adds the same numbers in the same order as the model, so that not even rounding differs. */
  readonly sameSums: boolean;
  readonly #links: readonly BlockLinks[];
  readonly #runs: number;
  /** When the data of each crossing edge is there. */
  readonly #edgeMs: Float64Array[];
  /** When each block has all its inputs, and when all blocks up to it have ended. */
  readonly #readyMs: Float64Array[];
  readonly #endMs: Float64Array[];

  constructor(scenario: Scenario, structure: Structure, runs: number) {
    const edges = innerEdges(scenario.workflow);
    const reach = new Map(edges.map(({ to }) => [to, descendants(scenario.workflow, to)]));
    const { partition } = structure;
    this.#runs = runs;
    this.#links = partition.map(({ stages, home: isHome }): BlockLinks => {
      const places = edges.map((_, e) => e);
      const outlets = places.filter(
        (e) => stages.includes(edges[e]!.from) && !stages.includes(edges[e]!.to),
      );
      const inlets = places.filter(
        (e) => stages.includes(edges[e]!.to) && !stages.includes(edges[e]!.from),
      );
      const begins = stages.some((id) => !edges.some(({ to }) => to === id));
      const entries = new Set(inlets.map((e) => edges[e]!.to)).size + (begins ? 1 : 0);
      const ends = stages.filter(
        (id) => !edges.some(({ from, to }) => from === id && stages.includes(to)),
      );
      const oneExit = ends.length === 1 && outlets.every((e) => edges[e]!.from === ends[0]);
      const home = isHome && !(entries === 1 && oneExit) && partition.length > 1;
      return {
        home,
        inlets: inlets.map((edge) => {
          const { to } = edges[edge]!;
          const leadsTo = (out: number) =>
            !home || edges[out]!.from === to || reach.get(to)!.has(edges[out]!.from);
          return { edge, reaches: outlets.filter(leadsTo) };
        }),
        outlets,
        begins,
      };
    });
    this.exact = this.#links.every(({ home }) => !home);
    this.sameSums = partition.every((block) => !block.home);
    const vectors = (count: number) => Array.from({ length: count }, () => new Float64Array(runs));
    this.#edgeMs = vectors(edges.length);
    this.#readyMs = vectors(partition.length);
    this.#endMs = vectors(partition.length);
  }

  /** When all is done, with blocks before `from` as they were last time. Overwritten by the next call. */
  latencyMs(blocks: readonly Least[], from: number): Float64Array {
    const runs = this.#runs;
    for (let g = from; g < blocks.length; g++) {
      const { home, inlets, outlets, begins } = this.#links[g]!;
      const { latencyMs, leastMs } = blocks[g]!;
      const endMs = this.#endMs[g]!;
      const readyMs = this.#readyMs[g]!;
      // A home's first step may begin before its other inputs are there.
      readyMs.fill(home && !begins && inlets.length > 0 ? Number.POSITIVE_INFINITY : 0);
      for (const { edge } of inlets) {
        const edgeMs = this.#edgeMs[edge]!;
        if (!home) for (let r = 0; r < runs; r++) readyMs[r] = Math.max(readyMs[r]!, edgeMs[r]!);
        else if (!begins)
          for (let r = 0; r < runs; r++) readyMs[r] = Math.min(readyMs[r]!, edgeMs[r]!);
      }
      const before = g === 0 ? null : this.#endMs[g - 1]!;
      for (let r = 0; r < runs; r++) {
        const doneMs = readyMs[r]! + latencyMs[r]!;
        endMs[r] = before === null ? doneMs : Math.max(before[r]!, doneMs);
      }
      for (const out of outlets)
        for (let r = 0; r < runs; r++)
          this.#edgeMs[out]![r] = readyMs[r]! + (home ? leastMs[r]! : latencyMs[r]!);
      if (!home) continue;
      for (const { edge, reaches } of inlets)
        for (const out of reaches)
          for (let r = 0; r < runs; r++) {
            const outMs = this.#edgeMs[edge]![r]! + leastMs[r]!;
            if (outMs > this.#edgeMs[out]![r]!) this.#edgeMs[out]![r] = outMs;
          }
    }
    return this.#endMs[blocks.length - 1]!;
  }
}
