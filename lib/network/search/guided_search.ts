import { MSAT_PER_SAT } from "../../core/mod.ts";
import * as chanceLevels from "./chance_levels.ts";
import { ChanceGuide } from "./chance_guide.ts";
import type { HopDistances } from "./hop_distances.ts";
import { emptyHop, type KnowingModel } from "./hop_model.ts";
import { feeOf, LOOK, LOOK_PRECISION, type Network, TERMS } from "../network.ts";
import { NodeHeap } from "./node_heap.ts";
import {
  attemptCostMsat,
  SEARCH_DEFAULTS,
  type SearchEnds,
  type SearchLimits,
} from "./search_limits.ts";
import type { ChannelWidths, WideChannels } from "./wide_channels.ts";
import { WayLabels } from "./way_labels.ts";
import type { Way } from "./way.ts";

// Imported constants are looked up at every use in a loop, those of the file itself are not.
const { UNMEASURED } = chanceLevels;
const {
  count: TERMS_COUNT,
  direction: DIRECTION,
  minHtlcMsat: LEAST,
  maxHtlcMsat: MOST,
  cltvDelta: CLTV_DELTA,
  capacityMsat: CAPACITY,
} = TERMS;
const LOOK_COUNT = LOOK.count;
const { baseFeeMsat: LOOK_BASE_FEE, feePerMsat: LOOK_FEE_SHARE, maxHtlcMsat: LOOK_MOST } = LOOK;
/** A first look may be off by a little less than what is missing to 1. */
const NEARLY = 1 - 4 * LOOK_PRECISION;
/** Room for the rounding of sums and products. */
const ALMOST_ONE = 1 - 1e-12;

const NO_ENDS: SearchEnds = {
  start: 0,
  startAmountMsat: 0,
  startCltv: 0,
  extraHops: 0,
  deliveredMsat: 0,
  stop: -1,
  stopPays: false,
  avoid: -1,
};

/** A search that makes more labels than this is given up. */
const MOST_LABELS = 1 << 15;

/**
 * Finds the cheapest way there is; LND's search, which keeps one label a node, finds one that costs
 * as much or more. From the receiver on, labels are kept that no other label of the same node is
 * better than in every respect. The label is next whose whole way from the payer may cost the
 * least, by a {@linkcode ChanceGuide}: few nodes are looked at before it is found.
 */
export class GuidedSearch {
  readonly network: Network;
  readonly #widths: ChannelWidths;
  readonly #guide: ChanceGuide;
  readonly #heap = new NodeHeap(MOST_LABELS);
  readonly #labels: WayLabels;
  /** For peers of the payer: a channel to them; stamped. */
  readonly #direct: Int32Array;
  readonly #directOut: Int32Array;
  #generation = 0;
  #ends: SearchEnds = NO_ENDS;
  #limits: SearchLimits = SEARCH_DEFAULTS;
  /** Channels that can carry the amount. */
  #wide: WideChannels;
  #attemptCost = 0;
  /** What the cheapest way that is known costs; dearer ones don't matter. */
  #enough = Number.MAX_VALUE;
  /** Label of the payer by that way; -1 for none. */
  #best = -1;
  readonly #hop = emptyHop();
  /** A label no worse than one that may be made, or the very one. */
  readonly #atMost = { weightMsat: 0, chance: 0, amountMsat: 0 };

  constructor(readonly model: KnowingModel, distances: HopDistances) {
    const { widths } = distances, { network } = widths;
    this.network = network;
    this.#widths = widths;
    this.#wide = widths.atLeast(0);
    this.#guide = new ChanceGuide(model, distances);
    this.#labels = new WayLabels(network.nodeCount, MOST_LABELS);
    this.#direct = new Int32Array(network.nodeCount);
    this.#directOut = new Int32Array(network.nodeCount);
  }

  /**
   * The cheapest way from `ends.stop`, or undefined where there is none within the limits.
   *
   * @returns "unguided" where a search without a guide is better: so much is known, so much is open
   */
  run(ends: SearchEnds, limits: SearchLimits): Way | undefined | "unguided" {
    this.#attemptCost = attemptCostMsat(ends, limits);
    const aim = { payer: ends.stop, pays: ends.stopPays, amountMsat: ends.startAmountMsat };
    if (this.#attemptCost === 0 || ends.stop === -1 || !this.#guide.begin(aim)) return "unguided";
    this.#ends = ends;
    this.#limits = limits;
    this.#wide = this.#widths.atLeast(ends.startAmountMsat);
    this.#stampPeers();
    this.#begin();
    this.#settleAll();
    if (this.#labels.isFull) return "unguided";
    return this.#best === -1 ? undefined : this.#labels.way(this.#best);
  }

  #begin(): void {
    const { start, startAmountMsat, startCltv, extraHops } = this.#ends, labels = this.#labels;
    this.#heap.clear();
    this.#enough = Number.MAX_VALUE;
    this.#best = -1;
    labels.begin(this.#limits);
    const label = labels.count;
    labels.node[label] = start;
    labels.direction[label] = -1;
    labels.next[label] = -1;
    labels.hops[label] = extraHops;
    labels.cltv[label] = startCltv;
    labels.amountMsat[label] = startAmountMsat;
    labels.chance[label] = 1;
    labels.weightMsat[label] = 0;
    labels.take();
    this.#heap.push(label, this.#attemptCost);
    if (this.#direct[start] === this.#generation) this.#knowWayBy(label);
  }

  /** Notes by which channel the payer could send to each of its peers. */
  #stampPeers(): void {
    this.#generation++;
    const { network, model } = this, { stop, stopPays, deliveredMsat } = this.#ends;
    if (!stopPays) return;
    for (const out of network.directionsFrom(stop)) {
      if (network.disabled[out] === 1 || model.rulesOut(out, deliveredMsat)) continue;
      const peer = network.source[out ^ 1];
      this.#direct[peer] = this.#generation;
      this.#directOut[peer] = out;
    }
  }

  #settleAll(): void {
    const heap = this.#heap, labels = this.#labels;
    while (heap.size > 0 && heap.leastKey < this.#enough * ALMOST_ONE && !labels.isFull) {
      const label = heap.pop();
      if (!labels.isBeaten(label) && labels.hops[label] < this.#limits.maxHops) this.#expand(label);
    }
  }

  /** Looks at everybody who could send to the node of a label. */
  #expand(at: number): void {
    const { incomingLook: look } = this.network, { start, neighbour, place: places } = this.#wide;
    const atMost = this.#atMost;
    const { stop, avoid } = this.#ends, labels = this.#labels, guide = this.#guide;
    const node = labels.node[at], amountMsat = labels.amountMsat[at];
    const weightHere = labels.weightMsat[at], chanceHere = labels.chance[at];
    const costHere = ALMOST_ONE * this.#attemptCost / chanceHere;
    const index = guide.indexFor(amountMsat), here = guide.levelsAt(index);
    const { levels, worths } = here, { cost, hopChance } = guide.scale;
    const mostAttempts = this.#attemptCost / this.#limits.minProbability;
    const end = start[node + 1];
    for (let entry = start[node]; entry < end; entry++) {
      const from = neighbour[entry];
      // What is known at once comes first: levels are measured for those that are left.
      let both = levels[from];
      let attempts = both === UNMEASURED ? 0 : costHere * cost[both >> 8];
      if (attempts > mostAttempts || weightHere + attempts > this.#enough) continue;
      if (from === avoid) continue;
      const place = places[entry];
      let feeAtLeast = 0;
      if (from !== stop) {
        const look0 = LOOK_COUNT * place;
        if (amountMsat > look[look0 + LOOK_MOST]) continue;
        feeAtLeast = NEARLY * (look[look0 + LOOK_BASE_FEE] +
              amountMsat * look[look0 + LOOK_FEE_SHARE]) - 1;
        if (labels.hasLeader(from)) {
          atMost.weightMsat = weightHere + feeAtLeast;
          atMost.amountMsat = amountMsat + feeAtLeast;
          atMost.chance = chanceHere * hopChance[worths[from]];
          if (labels.isHopeless(from, atMost)) continue;
        }
      }
      if (both === UNMEASURED) {
        both = here.measure(from);
        attempts = costHere * cost[both >> 8];
        if (attempts > mostAttempts) continue;
      }
      if (weightHere + feeAtLeast + attempts > this.#enough) continue;
      this.#tryHop(at, place, index, both & 255);
    }
  }

  /**
   * Makes the label of a direction's source by way of the label `at`.
   *
   * @param index of the guide's levels for what the hop carries
   */
  #tryHop(at: number, place: number, index: number, levelHere: number): void {
    const { network, model } = this, labels = this.#labels, hop = this.#hop, limits = this.#limits;
    const terms = network.incomingTerms, term = TERMS_COUNT * place;
    const amountMsat = labels.amountMsat[at], from = network.incomingSource[place];
    if (amountMsat < terms[term + LEAST] || amountMsat > terms[term + MOST]) return;
    const stops = from === this.#ends.stop, pays = stops && this.#ends.stopPays;
    const fee = pays ? 0 : feeOf(terms, term, amountMsat);
    const sent = amountMsat + fee;
    if (sent - this.#ends.deliveredMsat > limits.feeLimitMsat) return;
    const delta = pays ? 0 : terms[term + CLTV_DELTA];
    const cltv = labels.cltv[at] + delta;
    if (cltv > limits.cltvLimit) return;
    hop.direction = terms[term + DIRECTION];
    hop.source = from;
    hop.capacityMsat = terms[term + CAPACITY];
    hop.amountMsat = amountMsat;
    hop.feeMsat = fee;
    hop.riskMsat = sent * delta * limits.riskPerBlock;
    const weight = labels.weightMsat[at] + model.weigh(hop);
    const chance = labels.chance[at] * model.chance(hop);
    if (!(chance > 0) || labels.isFull) return;
    if (this.#wholeCost(weight, chance, levelHere) > this.#enough) return;
    const exact = this.#atMost;
    exact.weightMsat = weight;
    exact.amountMsat = sent;
    exact.chance = chance;
    if (labels.isHopeless(from, exact)) return;
    const label = labels.count;
    labels.node[label] = from;
    labels.direction[label] = hop.direction;
    labels.next[label] = at;
    labels.hops[label] = labels.hops[at] + 1;
    labels.cltv[label] = cltv;
    labels.amountMsat[label] = sent;
    labels.chance[label] = chance;
    labels.weightMsat[label] = weight;
    if (labels.take()) this.#taken(label, index);
  }

  /** What the whole way costs at least: Infinity where it is not likely enough. */
  #wholeCost(weightMsat: number, chance: number, level: number): number {
    const perChance = this.#guide.scale.cost[level] / chance;
    if (perChance * this.#limits.minProbability * ALMOST_ONE > 1) return Infinity;
    return weightMsat + this.#attemptCost * perChance;
  }

  /** A label was made. Now it pays to ask for the level by what the node must receive. */
  #taken(label: number, indexBefore: number): void {
    const labels = this.#labels, guide = this.#guide, node = labels.node[label];
    const level = guide.levelOf(node, guide.indexFor(labels.amountMsat[label], indexBefore));
    const whole = this.#wholeCost(labels.weightMsat[label], labels.chance[label], level);
    if (whole > this.#enough) return;
    if (node === this.#ends.stop) {
      this.#arrive(label, whole);
      return;
    }
    this.#heap.push(label, whole);
    if (this.#direct[node] === this.#generation) this.#knowWayBy(label);
  }

  /** Now that a peer of the payer has a label: the way from the payer by it is known. */
  #knowWayBy(next: number): void {
    const { network, model } = this, labels = this.#labels, hop = this.#hop, limits = this.#limits;
    const out = this.#directOut[labels.node[next]], amountMsat = labels.amountMsat[next];
    if (labels.isFull || labels.hops[next] >= limits.maxHops) return;
    if (!network.carries(out, amountMsat)) return;
    hop.direction = out;
    hop.source = this.#ends.stop;
    hop.amountMsat = amountMsat;
    hop.capacityMsat = network.capacitySat[out >> 1] * MSAT_PER_SAT;
    hop.feeMsat = 0;
    hop.riskMsat = 0;
    const chance = labels.chance[next] * model.chance(hop);
    if (!(chance > 0) || chance < limits.minProbability) return;
    const label = labels.count;
    labels.node[label] = hop.source;
    labels.direction[label] = out;
    labels.next[label] = next;
    labels.hops[label] = labels.hops[next] + 1;
    labels.cltv[label] = labels.cltv[next];
    labels.amountMsat[label] = amountMsat;
    labels.chance[label] = chance;
    labels.weightMsat[label] = labels.weightMsat[next] + model.weigh(hop);
    const costMsat = labels.weightMsat[label] + this.#attemptCost / chance;
    if (labels.take()) this.#arrive(label, costMsat);
  }

  /** A way from the payer is known. */
  #arrive(label: number, costMsat: number): void {
    if (costMsat >= this.#enough) return;
    this.#enough = costMsat;
    this.#best = label;
  }
}
