import { FAR } from "./hop_distances.ts";

/** Level of nodes that is not known yet. */
export const UNMEASURED = 0;
/** Level of the payer. */
export const PAYER_LEVEL = 1;
/** Least level of the payer's neighbours where the first hop is the payer's own. */
export const PEER_LEVEL = 2;
/** Level of nodes that no way leads to. */
export const UNREACHED = 255;
/** Levels that a hop of which nothing is known is worth. */
export const LEVELS_A_HOP = 16;

/** A node that a way may begin with, or become surer at. */
export interface Gate {
  node: number;
  /** Hops from the node, by node. */
  hops: Uint8Array;
  /** Level of the node, as far as is known. */
  level: number;
  /** Levels that a hop from the node is worth. */
  worth: number;
}

/**
 * How likely the way from a payer to a node can be at most, as a level of the node: the logarithm of
 * that chance, rounded towards a greater one. All that is known is in a few gates: hops from other
 * nodes are worth {@linkcode LEVELS_A_HOP}. So the level of a node follows from how far it is from
 * the gates; it is looked up when it is first asked for.
 */
export class ChanceLevels {
  /** By node; {@linkcode UNMEASURED} where `measure` has not been called. */
  readonly levels: Uint8Array;
  /** Gates that matter: levels one hop from them, less that hop, and hops from them by node. */
  readonly #bases: number[] = [];
  readonly #hops: Uint8Array[] = [];

  constructor(nodeCount: number) {
    this.levels = new Uint8Array(nodeCount);
  }

  /**
   * Begins anew.
   *
   * @param gates every way leads by one of those that have a level; their levels are lowered to
   *   what the others allow
   */
  begin(payer: number, gates: Gate[]): void {
    this.levels.fill(UNMEASURED);
    this.#bases.length = 0;
    this.#hops.length = 0;
    const open = [...gates];
    while (open.length > 0) {
      const gate = takeLowest(open);
      const base = gate.level + gate.worth - LEVELS_A_HOP;
      this.levels[gate.node] = levelOf(gate.level);
      for (const other of open) {
        const level = base + LEVELS_A_HOP * gate.hops[other.node];
        if (level < other.level) other.level = level;
      }
      if (this.#leastAt(gate.node) <= base) continue;
      this.#bases.push(base);
      this.#hops.push(gate.hops);
    }
    this.levels[payer] = PAYER_LEVEL;
  }

  /** Level of a node that is not in `levels` yet, where it is put. */
  measure(node: number): number {
    return this.levels[node] = levelOf(this.#leastAt(node));
  }

  #leastAt(node: number): number {
    let least = Infinity;
    for (let i = 0; i < this.#bases.length; i++) {
      const level = this.#bases[i] + LEVELS_A_HOP * this.#hops[i][node];
      if (level < least) least = level;
    }
    return least;
  }
}

function takeLowest(gates: Gate[]): Gate {
  let lowest = 0;
  for (let i = 1; i < gates.length; i++) if (gates[i].level < gates[lowest].level) lowest = i;
  const [gate] = gates.splice(lowest, 1);
  return gate;
}

/** Nodes further away than levels reach count as nearer. */
function levelOf(level: number): number {
  return level >= FAR * LEVELS_A_HOP ? UNREACHED : Math.min(level, UNREACHED - 1);
}
