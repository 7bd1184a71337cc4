import { FAR, type HopDistances } from "./hop_distances.ts";
import type { HopModel } from "./hop_model.ts";

const LEVELS = 256;

/**
 * How far nodes are from the payer at best. Nodes fall into levels; of each level it is known how
 * likely a way from the payer through such a node and on by one hop can be at most. A search passes
 * over nodes that can't be in a way as good as one that is known.
 */
export class Guide {
  /** By node; {@linkcode FAR} for nodes that are in no way from the payer. */
  levels: Uint8Array;
  /** By level, for the ways to its nodes and one hop on. */
  readonly viaChance = new Float64Array(LEVELS);
  /** By level, for the ways to its nodes. */
  readonly restChance = new Float64Array(LEVELS);

  constructor(levels: Uint8Array) {
    this.levels = levels;
  }

  /** The last level from which a way through a node may still cost no more than `enough`; -1 for none. */
  lastLevel(node: { weightMsat: number; chance: number; attemptCost: number }, enough: number) {
    const { weightMsat, chance, attemptCost } = node;
    let low = -1, high = LEVELS - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const costMsat = weightMsat + attemptCost / (chance * this.viaChance[middle]);
      if (costMsat <= enough && this.viaChance[middle] > 0) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** What a guide is for. */
export interface GuideAim {
  payer: number;
  /** Whether the first hop is the payer's own. */
  pays: boolean;
  /** No hop carries less. */
  amountMsat: number;
}

/** Makes guides. Each call overwrites what the one before gave. */
export class Guides {
  /** A guide that knows nothing: all nodes are at one level, and next to the payer. */
  readonly none: Guide;
  readonly #model: HopModel;
  readonly #distances: HopDistances;
  readonly #byHops: Guide;

  constructor(model: HopModel, distances: HopDistances) {
    this.#model = model;
    this.#distances = distances;
    this.none = new Guide(new Uint8Array(distances.widths.network.nodeCount));
    this.none.viaChance[0] = 1;
    this.none.restChance[0] = 1;
    this.#byHops = new Guide(this.none.levels);
  }

  /** Levels are hops. Valid where no node is surer than unknown ones. */
  byHops({ payer, pays, amountMsat }: GuideAim): Guide {
    const guide = this.#byHops;
    guide.levels = this.#distances.from(payer, this.#leastMsat(amountMsat));
    const best = this.#model.bestChance(amountMsat);
    let chance = pays ? this.#model.bestOwnChance : best;
    guide.restChance[0] = 1;
    for (let hops = 0; hops < FAR; hops++, chance *= best) {
      guide.viaChance[hops] = chance;
      guide.restChance[hops + 1] = chance;
    }
    guide.restChance[FAR] = 0;
    return guide;
  }
  /** Hops from the payer to a node at least, by the guide of a last `byHops` for this amount. */
  fewestHops(node: number, amountMsat: number): number {
    const { levels } = this.#byHops;
    const { start, neighbour } = this.#distances.widths.atLeast(this.#leastMsat(amountMsat));
    let least = levels.length;
    for (let at = start[node]; at < start[node + 1]; at++) {
      least = Math.min(least, levels[neighbour[at]]);
    }
    return Math.min(least + 1, FAR - 1);
  }

  /** LND's way depends on what else is looked at: there distances are by all channels. */
  #leastMsat(amountMsat: number): number {
    return this.#model.knowing === undefined ? 0 : amountMsat;
  }
}
