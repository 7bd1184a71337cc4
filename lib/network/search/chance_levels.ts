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

/** A node of whose hops something is known, and the levels that one is worth at least. */
export interface KnownNode {
  node: number;
  worth: number;
}

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
  /**
   * By node: in the low byte its level, {@linkcode UNMEASURED} where `measure` has not been called;
   * in the high one that for the way to the node and on by one hop.
   */
  readonly levels: Uint16Array;
  /** Levels that a hop from a node is worth. */
  readonly worths: Uint8Array;
  /** Nodes whose hops are not worth what those of unknown ones are. */
  #known: readonly KnownNode[] = [];
  /** Gates that matter: levels one hop from them, less that hop, and hops from them by node. */
  readonly #bases: number[] = [];
  readonly #hops: Uint8Array[] = [];

  constructor(nodeCount: number) {
    this.levels = new Uint16Array(nodeCount);
    this.worths = new Uint8Array(nodeCount).fill(LEVELS_A_HOP);
  }

  /**
   * Begins anew.
   *
   * @param gates every way leads by one of those that have a level; their levels are lowered to
   *   what the others allow
   */
  begin(gates: Gate[], known: readonly KnownNode[]): void {
    this.levels.fill(UNMEASURED);
    for (const { node } of this.#known) this.worths[node] = LEVELS_A_HOP;
    for (const { node, worth } of known) this.worths[node] = worth;
    this.#known = known;
    this.#bases.length = 0;
    this.#hops.length = 0;
    const open = [...gates];
    while (open.length > 0) {
      const gate = takeLowest(open);
      const base = gate.level + gate.worth - LEVELS_A_HOP;
      this.#note(gate.node, levelOf(gate.level));
      for (const other of open) {
        const level = base + LEVELS_A_HOP * gate.hops[other.node];
        if (level < other.level) other.level = level;
      }
      if (this.#leastAt(gate.node) <= base) continue;
      this.#bases.push(base);
      this.#hops.push(gate.hops);
    }
  }

  /** Says where the way begins, and what the first hop is worth. */
  setPayer({ node, worth }: KnownNode): void {
    this.levels[node] = PAYER_LEVEL | (PAYER_LEVEL + worth) << 8;
  }

  /** Puts the levels of a node that are not there yet, and returns them. */
  measure(node: number): number {
    return this.#note(node, levelOf(this.#leastAt(node)));
  }

  #note(node: number, level: number): number {
    const via = level === UNREACHED ? level : Math.min(level + this.worths[node], UNREACHED - 1);
    return this.levels[node] = level | via << 8;
  }

  #leastAt(node: number): number {
    const bases = this.#bases, hops = this.#hops;
    let least = FAR * LEVELS_A_HOP;
    for (let i = 0; i < hops.length; i++) {
      const level = bases[i] + LEVELS_A_HOP * hops[i][node];
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
