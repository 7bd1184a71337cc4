import { FAR, HopDistances } from "./hop_distances.ts";
import type { HopModel } from "./hop_model.ts";
import type { Network } from "./network.ts";

const LEVELS = 256;
/** Levels of a guide by chances. */
const STEPS = 250;
/** Where no way is too unlikely, ways below this chance are bounded by it. */
const LEAST_CHANCE = 1e-6;

/**
 * How far nodes are from the payer at best. Nodes fall into levels; of each level it is known how
 * likely a way from the payer through such a node and on by one hop can be at most. A search passes over nodes that can't be in a way as good as one that is known.
 */
export class Guide {
  /** By node; {@linkcode FAR} for nodes that are in no way from the payer. */
  levels: Uint8Array;
  /** By level, for the ways to its nodes and one hop on. */
  readonly viaChance = new Float64Array(LEVELS);
  /** Chance of the way to a node at most: by level, or by node if `byNode`. */
  readonly restChance: Float64Array;

  constructor(nodeCount: number, readonly byNode: boolean) {
    this.levels = new Uint8Array(byNode ? nodeCount : 0);
    this.restChance = new Float64Array(byNode ? nodeCount : LEVELS);
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
  amountMsat: number;
  /** Less likely ways don't count. */
  minProbability: number;
}

/** Makes guides. Each call overwrites what the one before gave. */
export class Guides {
  /** A guide that knows nothing: all nodes are at one level, and next to the payer. */
  readonly none: Guide;
  readonly #network: Network;
  readonly #model: HopModel;
  readonly #distances: HopDistances;
  readonly #byHops: Guide;
  readonly #byChances: readonly [Guide, Guide];
  /** What the model knows of nodes, since {@linkcode Guides.knowsSurer}. */
  readonly #known = new Map<number, number>();
  /** -ln of a chance that makes a level. */
  #step = 1;
  /** Nodes that wait, by level, as lists: the last entry of a level; of each entry its node and the one before it. */
  readonly #last = new Int32Array(LEVELS);
  readonly #entryNode: Int32Array;
  readonly #entryBefore: Int32Array;
  #entries = 0;

  constructor(network: Network, model: HopModel) {
    const { nodeCount, channelCount } = network;
    this.#network = network;
    this.#model = model;
    this.#distances = new HopDistances(network);
    this.none = new Guide(nodeCount, false);
    this.none.levels = new Uint8Array(nodeCount);
    this.none.viaChance[0] = 1;
    this.none.restChance[0] = 1;
    this.#byHops = new Guide(nodeCount, false);
    this.#byChances = [new Guide(nodeCount, true), new Guide(nodeCount, true)];
    this.#entryNode = new Int32Array(2 * channelCount + 1);
    this.#entryBefore = new Int32Array(2 * channelCount + 1);
  }

  /** Asks the model what it knows of nodes. Returns whether some are surer than unknown ones. */
  knowsSurer(amountMsat: number): boolean {
    return this.#model.knownNodes(amountMsat, this.#known);
  }

  /** Levels are hops. Valid where no node is surer than unknown ones. */
  byHops({ payer, pays, amountMsat }: GuideAim): Guide {
    const guide = this.#byHops;
    guide.levels = this.#distances.from(payer);
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

  /**
   * By chances: a search from the payer over all directions that may carry the amount, for the
   * likeliest way to every node.
   *
   * @param place two of them can be had at a time
   */
  byChances({ payer, pays, amountMsat, minProbability }: GuideAim, place: 0 | 1): Guide {
    const guide = this.#byChances[place], model = this.#model;
    this.knowsSurer(amountMsat);
    const usual = model.bestChance(amountMsat);
    const step = this.#step = -Math.log(Math.max(LEAST_CHANCE, minProbability)) / STEPS;
    for (let level = 0; level < LEVELS; level++) {
      guide.viaChance[level] = level <= STEPS ? Math.exp(-level * step) : 0;
    }
    guide.levels.fill(FAR);
    guide.restChance.fill(0);
    guide.restChance[payer] = 1;
    this.#last.fill(0);
    this.#entries = 0;
    const aim = { guide, amountMsat, minProbability };
    this.#pass(payer, pays ? model.bestOwnChance : this.#known.get(payer) ?? usual, aim);
    for (let level = 0; level <= STEPS; level++) {
      for (let entry = this.#last[level]; entry !== 0; entry = this.#last[level]) {
        const node = this.#entryNode[entry];
        this.#last[level] = this.#entryBefore[entry];
        if (guide.levels[node] !== FAR) continue;
        this.#pass(node, guide.restChance[node] * (this.#known.get(node) ?? usual), aim);
      }
    }
    return guide;
  }

  /** Settles a node, and tells its neighbours of the chance to reach them by it. */
  #pass(
    node: number,
    chance: number,
    { guide, amountMsat, minProbability }: {
      guide: Guide;
      amountMsat: number;
      minProbability: number;
    },
  ): void {
    const { incomingSource, outgoing, outgoingMostMsat, outgoingStart } = this.#network;
    const { levels, restChance } = guide;
    // Rounding must not make a bound too tight.
    const level = Math.floor(-Math.log(chance) / this.#step - 1e-9);
    levels[node] = Math.min(Math.max(0, level), FAR);
    if (level > STEPS) return;
    for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
      const to = incomingSource[at];
      if (restChance[to] >= chance || outgoingMostMsat[at] < amountMsat) continue;
      if (outgoingStart[to + 1] - outgoingStart[to] === 1) continue;
      if (this.#model.rulesOut(outgoing[at], amountMsat, minProbability)) continue;
      restChance[to] = chance;
      const entry = ++this.#entries;
      this.#entryNode[entry] = to;
      this.#entryBefore[entry] = this.#last[levels[node]];
      this.#last[levels[node]] = entry;
    }
  }
}
