import { FAR, HopDistances } from "./hop_distances.ts";
import type { HopModel } from "./hop_model.ts";
import type { Network } from "./network.ts";

const LEVELS = 256;
/** Levels of a guide by chances. */
const STEPS = 250;

/**
 * How far nodes are from the payer at best. Nodes fall into levels; of each level it is known how
 * likely the rest of the way back to the payer can be at most, and what it weighs at least. A
 * search passes over nodes that can't be in a way as good as one that is known.
 */
export class Guide {
  /** By node; {@linkcode FAR} for nodes that are in no way from the payer. */
  levels: Uint8Array;
  /** For nodes of a level: bounds for the rest of the way. */
  readonly restChance = new Float64Array(LEVELS);
  readonly restWeightMsat = new Float64Array(LEVELS);
  /** The same with one hop more, that from a node of the level to the one that is looked at. */
  readonly viaChance = new Float64Array(LEVELS);
  readonly viaWeightMsat = new Float64Array(LEVELS);

  constructor(levels: Uint8Array) {
    this.levels = levels;
  }

  /** The last level from which a way through a node may still cost no more than `enough`; -1 for none. */
  lastLevel(node: { weightMsat: number; chance: number; attemptCost: number }, enough: number) {
    const { weightMsat, chance, attemptCost } = node;
    let low = -1, high = LEVELS - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const costMsat = weightMsat + this.viaWeightMsat[middle] +
        (attemptCost === 0 ? 0 : attemptCost / (chance * this.viaChance[middle]));
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
  amountMsat: number;
  /** Less likely ways don't count. */
  minProbability: number;
}

/** Makes guides. Each call overwrites what the one before gave. */
export class Guides {
  /** A guide that knows nothing: all nodes are next to the payer. */
  readonly none: Guide;
  readonly #network: Network;
  readonly #model: HopModel;
  readonly #distances: HopDistances;
  readonly #byHops: Guide;
  readonly #byChances: Guide;
  /** Nodes that wait at a level, as lists: the last entry of a level, and of each entry its node and the one before it. */
  readonly #last = new Int32Array(LEVELS);
  readonly #entryNode: Int32Array;
  readonly #entryBefore: Int32Array;

  constructor(network: Network, model: HopModel) {
    this.#network = network;
    this.#model = model;
    this.#distances = new HopDistances(network);
    this.none = new Guide(new Uint8Array(network.nodeCount));
    for (const table of ["restChance", "viaChance"] as const) this.none[table][0] = 1;
    this.#byHops = new Guide(this.none.levels);
    this.#byChances = new Guide(new Uint8Array(network.nodeCount));
    this.#entryNode = new Int32Array(2 * network.channelCount + 1);
    this.#entryBefore = new Int32Array(2 * network.channelCount + 1);
  }

  /** Levels are hops. Valid while the model knows no {@linkcode HopModel.surerNodes}. */
  byHops({ payer, pays, amountMsat }: GuideAim): Guide {
    const guide = this.#byHops;
    guide.levels = this.#distances.from(payer);
    const best = this.#model.bestChance(amountMsat);
    const own = pays ? this.#model.bestOwnChance : best;
    const least = this.#model.leastWeightMsat(amountMsat);
    let chance = own;
    guide.restChance[0] = 1;
    for (let hops = 0; hops < FAR; hops++, chance *= best) {
      guide.restWeightMsat[hops] = hops * least;
      guide.viaWeightMsat[hops] = (hops + 1) * least;
      guide.viaChance[hops] = chance;
      guide.restChance[hops + 1] = chance;
    }
    guide.restChance[FAR] = 0;
    return guide;
  }

  /**
   * Levels are chances, rounded up: a search from the payer over all directions that may carry the
   * amount, for the likeliest way to every node.
   */
  byChances(aim: GuideAim): Guide {
    const { payer, pays, amountMsat, minProbability } = aim;
    const guide = this.#byChances;
    const model = this.#model;
    const step = -Math.log(Math.max(1e-6, minProbability)) / STEPS;
    const levelOf = (chance: number) => Math.floor(-Math.log(chance) / step);
    const usual = levelOf(model.bestChance(amountMsat));
    const surer = model.surerNodes(amountMsat);
    let best = model.bestChance(amountMsat);
    for (const chance of surer.values()) best = Math.max(best, chance);
    for (let level = 0; level < LEVELS; level++) {
      const chance = level <= STEPS ? Math.exp(-level * step) : 0;
      guide.restChance[level] = chance;
      guide.viaChance[level] = chance * (level === 0 && pays ? 1 : best);
    }
    guide.levels.fill(FAR);
    guide.levels[payer] = 0;
    this.#last.fill(0);
    const own = pays ? levelOf(model.bestOwnChance) : usual;
    let entries = this.#reach(payer, own, amountMsat, 0);
    for (let level = 0; level <= STEPS; level++) {
      while (this.#last[level] !== 0) {
        const entry = this.#last[level];
        const node = this.#entryNode[entry];
        this.#last[level] = this.#entryBefore[entry];
        if (guide.levels[node] !== level || node === payer) continue;
        const chance = surer.get(node);
        const next = level + (chance === undefined ? usual : levelOf(chance));
        entries = this.#reach(node, next, amountMsat, entries);
      }
    }
    return guide;
  }

  /** Puts the neighbours of a node to a level, where they are not at a better one. */
  #reach(node: number, level: number, amountMsat: number, entriesBefore: number): number {
    const { incomingSource, outgoing, outgoingMostMsat, outgoingStart } = this.#network;
    const { levels } = this.#byChances;
    let entries = entriesBefore;
    if (level > STEPS) return entries;
    for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
      const to = incomingSource[at];
      if (levels[to] <= level || outgoingMostMsat[at] < amountMsat) continue;
      if (outgoingStart[to + 1] - outgoingStart[to] === 1) continue;
      if (this.#model.rulesOut(outgoing[at], amountMsat)) continue;
      levels[to] = level;
      this.#entryNode[++entries] = to;
      this.#entryBefore[entries] = this.#last[level];
      this.#last[level] = entries;
    }
    return entries;
  }
}
