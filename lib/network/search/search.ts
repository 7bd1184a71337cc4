import { MSAT_PER_SAT } from "../../core/mod.ts";
import { isCutOff } from "./cut_off.ts";
import { type Guide, Guides } from "./guide.ts";
import { GuidedSearch } from "./guided_search.ts";
import { HopDistances } from "./hop_distances.ts";
import { emptyHop, type HopModel } from "./hop_model.ts";
import { feeOf, LOOK, LOOK_PRECISION, type Network, TERMS } from "../network.ts";
import { NodeHeap } from "./node_heap.ts";
import { attemptCostMsat, type SearchEnds, type SearchLimits } from "./search_limits.ts";
import type { Way } from "./way.ts";
import { ChannelWidths } from "./wide_channels.ts";

// Imported constants are looked up at every use in a loop, those of the file itself are not.
const {
  count: TERMS_COUNT,
  direction: DIRECTION,
  minHtlcMsat: LEAST,
  maxHtlcMsat: MOST,
  cltvDelta: CLTV_DELTA,
  capacityMsat: CAPACITY,
} = TERMS;
const {
  count: LOOK_COUNT,
  baseFeeMsat: LOOK_BASE_FEE,
  feePerMsat: LOOK_FEE_SHARE,
  perCapacityMsat: LOOK_PER_CAPACITY,
  maxHtlcMsat: LOOK_MOST,
} = LOOK;
/** A first look may be off by a little less than what is missing to 1. */
const NEARLY = 1 - 4 * LOOK_PRECISION;

/** Hops that are surer than this are too sure for a guide to be of use. */
const GUIDED_BELOW = 0.95;

/**
 * Backward search for the cheapest way to a node, as LND does it: the label of a node is what was
 * put down for the way from it to the end, plus the cost of an attempt over the chance that it
 * succeeds. Settled nodes keep their label. Arrays are reused; a generation counter tells stale
 * labels.
 *
 * What is faster than the plain search gives ways that cost as much, up to rounding, or less:
 * nodes are passed over that can't be in a way as cheap as one that is known ({@linkcode Guide}).
 * Less, where the label of a node isn't that of its best way: as soon as a node next to the payer
 * has one, the way by it is known, and kept if a later label of that node makes it dearer.
 */
export class BackwardSearch {
  /** What a node must receive so that the rest of the way is paid, by node. */
  readonly amountMsat: Float64Array;
  /** Chance of the way from a node to the end. */
  readonly probability: Float64Array;
  /** The direction by which a node sends on; -1 at the start. */
  readonly next: Int32Array;
  readonly hops: Int32Array;
  readonly #weight: Float64Array;
  readonly #cltv: Float64Array;
  /** Infinity for nodes without a label yet, -Infinity for those that need none any more. */
  readonly #label: Float64Array;
  /** Labels to begin with: nodes with one channel can't forward and need none. */
  readonly #blank: Float64Array;
  readonly #settled: Int32Array;
  /** Nodes a `runToAll` waits for, stamped with the generation. */
  readonly #wanted: Int32Array;
  #wantedCount = 0;
  /** For peers of a payer: its channel to them that is likeliest to hold much; stamped. */
  readonly #direct: Int32Array;
  readonly #directOut: Int32Array;
  /** No label above this one matters: a way to the end of the search with that label is known. */
  #enough = Infinity;
  /** Label of the node that the search stops at, once it has one. */
  #stopLabel = Infinity;
  /** The best way by a peer of the payer, as it was when that peer got its label. */
  readonly #known = { label: Infinity, peer: 0, next: 0, out: 0, sentMsat: 0, probability: 0 };
  #generation = 0;
  readonly #heap: NodeHeap;
  /** Where the model is for the cheapest way of all. */
  readonly #guided?: GuidedSearch;
  readonly #guides: Guides;
  #guide: Guide;
  /** Whether nodes are settled in the order of what the whole way costs at least, not of their label. */
  #wholeWay = false;
  readonly #hop = emptyHop();

  constructor(readonly network: Network, readonly model: HopModel) {
    const nodes = network.nodeCount;
    this.amountMsat = new Float64Array(nodes);
    this.probability = new Float64Array(nodes);
    this.next = new Int32Array(nodes);
    this.hops = new Int32Array(nodes);
    this.#weight = new Float64Array(nodes);
    this.#cltv = new Float64Array(nodes);
    this.#label = new Float64Array(nodes);
    this.#blank = Float64Array.from(
      { length: nodes },
      (_, node) => network.degree(node) === 1 ? -Infinity : Infinity,
    );
    this.#settled = new Int32Array(nodes);
    this.#wanted = new Int32Array(nodes);
    this.#direct = new Int32Array(nodes);
    this.#directOut = new Int32Array(nodes);
    this.#heap = new NodeHeap(nodes);
    const distances = new HopDistances(new ChannelWidths(network));
    if (model.knowing !== undefined) this.#guided = new GuidedSearch(model.knowing, distances);
    this.#guides = new Guides(model, distances);
    this.#guide = this.#guides.none;
  }

  /** Whether the last search settled this node. */
  reached(node: number): boolean {
    return this.#settled[node] === this.#generation;
  }

  /** The cheapest way from `ends.stop`, or undefined where there is none within the limits. */
  run(ends: SearchEnds, limits: SearchLimits): Way | undefined {
    if (ends.stopPays && isCutOff(this.network, this.model, ends, limits)) return undefined;
    const best = this.model.bestChance(ends.startAmountMsat);
    const attemptCost = attemptCostMsat(ends, limits);
    if (attemptCost === 0 || best >= GUIDED_BELOW) return this.#pass(ends, limits);
    return this.#runGuided(ends, limits);
  }

  /**
   * First along ways of the fewest hops: what costs no more than any way of one hop more must, is
   * the cheapest. Else the search for the cheapest way of all, or the plain one.
   */
  #runGuided(ends: SearchEnds, limits: SearchLimits): Way | undefined {
    const aim = {
      payer: ends.stop,
      pays: ends.stopPays,
      amountMsat: ends.startAmountMsat,
    };
    if (!this.model.knowsSurer(aim.amountMsat)) {
      const guide = this.#guides.byHops(aim);
      const level = this.#guides.fewestHops(ends.start, aim.amountMsat);
      const enough = attemptCostMsat(ends, limits) / guide.restChance[level + 1];
      const way = this.#pass(ends, limits, { guide, enough, wholeWay: true });
      if (way !== undefined) return way;
    }
    const way = this.#guided?.run(ends, limits);
    return way === "unguided" || this.#guided === undefined ? this.#pass(ends, limits) : way;
  }

  #pass(
    ends: SearchEnds,
    limits: SearchLimits,
    { guide = this.#guides.none, enough = Infinity, wholeWay = false } = {},
  ): Way | undefined {
    this.#begin(ends);
    this.#wantedCount = -1;
    this.#guide = guide;
    this.#enough = enough;
    this.#wholeWay = wholeWay;
    if (ends.stopPays) this.#stampPeers(ends);
    this.#expandAll(ends, limits);
    if (this.#known.label < this.#stopLabel) return this.#knownWay();
    return this.reached(ends.stop) ? this.way(ends.stop) : undefined;
  }

  /** Searches until all of `targets` that can be reached are settled. */
  runToAll(ends: SearchEnds, limits: SearchLimits, targets: Iterable<number>): void {
    this.#begin(ends);
    this.#guide = this.#guides.none;
    this.#enough = Infinity;
    this.#wholeWay = false;
    this.#wantedCount = 0;
    for (const node of targets) {
      if (this.#wanted[node] === this.#generation) continue;
      this.#wanted[node] = this.#generation;
      this.#wantedCount++;
      if (node !== ends.start) this.#label[node] = Infinity;
    }
    this.#expandAll(ends, limits);
  }

  #begin({ start, startAmountMsat, startCltv, extraHops, stop, avoid }: SearchEnds): void {
    this.#generation++;
    this.#heap.clear();
    this.#label.set(this.#blank);
    if (stop !== -1) this.#label[stop] = Infinity;
    if (avoid !== -1) this.#label[avoid] = -Infinity;
    this.#stopLabel = Infinity;
    this.#known.label = Infinity;
    this.amountMsat[start] = startAmountMsat;
    this.probability[start] = 1;
    this.next[start] = -1;
    this.hops[start] = extraHops;
    this.#weight[start] = 0;
    this.#cltv[start] = startCltv;
    this.#label[start] = 0;
    this.#heap.push(start, 0);
  }

  /** Notes by which channel the payer could send to each of its peers. */
  #stampPeers({ stop, deliveredMsat }: SearchEnds): void {
    const { network, model } = this;
    for (const out of network.directionsFrom(stop)) {
      if (network.disabled[out] === 1 || model.rulesOut(out, deliveredMsat)) continue;
      const peer = network.source[out ^ 1];
      this.#direct[peer] = this.#generation;
      this.#directOut[peer] = out;
    }
  }

  /** Now that a peer of the payer has a label: what the way from the payer by it costs. */
  #knowWayBy(peer: number, limits: SearchLimits, attemptCost: number): void {
    const { network, model } = this;
    const hop = this.#hop, out = this.#directOut[peer], amountMsat = this.amountMsat[peer];
    if (this.hops[peer] >= limits.maxHops || !network.carries(out, amountMsat)) return;
    hop.direction = out;
    hop.source = network.source[out];
    hop.amountMsat = amountMsat;
    hop.capacityMsat = network.capacitySat[out >> 1] * MSAT_PER_SAT;
    hop.feeMsat = 0;
    hop.riskMsat = 0;
    const chance = this.probability[peer] * model.chance(hop);
    if (chance === 0 || chance < limits.minProbability) return;
    const label = this.#weight[peer] + model.weigh(hop) + attemptCost / chance;
    if (label >= this.#enough) return;
    this.#enough = label;
    const known = this.#known;
    known.label = label;
    known.peer = peer;
    known.next = this.next[peer];
    known.out = out;
    known.sentMsat = amountMsat;
    known.probability = chance;
  }

  /**
   * Whether all ways through a settled node are dearer than one that is known. From a node that
   * isn't next to the payer there is one more hop at least, no surer than its largest channel.
   */
  #isHopeless(node: number, attemptCost: number): boolean {
    if (this.#enough === Infinity || this.#direct[node] === this.#generation) return false;
    const largestMsat = this.network.largestIncomingMsat[node];
    const chance = this.probability[node] *
      this.model.bestChanceInto(this.amountMsat[node], largestMsat);
    return this.#weight[node] + attemptCost / chance > this.#enough;
  }

  #expandAll(ends: SearchEnds, limits: SearchLimits): void {
    const attemptCost = attemptCostMsat(ends, limits);
    while (this.#heap.size > 0) {
      const node = this.#heap.pop();
      this.#settled[node] = this.#generation;
      this.#label[node] = -Infinity;
      if (node === ends.stop) return;
      if (this.#wanted[node] === this.#generation && --this.#wantedCount === 0) return;
      if (this.hops[node] >= limits.maxHops || this.#isHopeless(node, attemptCost)) continue;
      this.#expand(node, ends, limits, attemptCost);
    }
  }

  /** Looks at everybody who could send to `node`. */
  #expand(node: number, ends: SearchEnds, limits: SearchLimits, attemptCost: number): void {
    const { incomingTerms: terms, incomingLook: look, incomingSource, outgoingStart } =
      this.network;
    const model = this.model, hop = this.#hop, labels = this.#label;
    const amountMsat = this.amountMsat[node], probability = this.probability[node];
    const weightHere = this.#weight[node], cltvHere = this.#cltv[node];
    // What a label can be at least, by way of this node.
    const leastLabel = weightHere + attemptCost / (probability * model.bestOwnChance);
    const leastOfUnknown = weightHere + attemptCost / (probability * model.bestChance(amountMsat));
    const { stop } = ends;
    const { levels, restChance } = this.#guide;
    const here = { weightMsat: weightHere, chance: probability, attemptCost };
    const lastLevel = this.#guide.lastLevel(here, this.#enough);
    const end = outgoingStart[node + 1];
    for (let place = outgoingStart[node]; place < end; place++) {
      const from = incomingSource[place];
      const labelThere = labels[from];
      if (leastLabel >= labelThere) continue;
      const level = levels[from];
      if (level > lastLevel) continue;
      if (leastOfUnknown >= labelThere && !model.knowsNode(from)) continue;
      const stops = from === stop, pays = stops && ends.stopPays;
      if (!pays) {
        // Most directions fall here, on a quarter of the memory and before anything is divided.
        const at = LOOK_COUNT * place;
        const feeAtLeast = look[at + LOOK_BASE_FEE] + amountMsat * look[at + LOOK_FEE_SHARE] -
          1;
        const room = Math.min(labelThere, this.#enough) - weightHere - NEARLY * feeAtLeast;
        const most = model.chanceAtMost(amountMsat * look[at + LOOK_PER_CAPACITY]);
        if (
          room * probability * most < NEARLY * attemptCost ||
          amountMsat > look[at + LOOK_MOST]
        ) {
          continue;
        }
      }
      const at = TERMS_COUNT * place;
      if (
        amountMsat < terms[at + LEAST] || amountMsat > terms[at + MOST]
      ) {
        continue;
      }
      const fee = pays ? 0 : feeOf(terms, at, amountMsat);
      const sent = amountMsat + fee;
      if (sent - ends.deliveredMsat > limits.feeLimitMsat) continue;
      const delta = pays ? 0 : terms[at + CLTV_DELTA];
      const cltv = cltvHere + delta;
      if (cltv > limits.cltvLimit) continue;
      hop.direction = terms[at + DIRECTION];
      hop.source = from;
      hop.capacityMsat = terms[at + CAPACITY];
      hop.amountMsat = amountMsat;
      hop.feeMsat = fee;
      hop.riskMsat = sent * delta * limits.riskPerBlock;
      const weight = weightHere + model.weigh(hop);
      const chance = probability * model.chance(hop);
      if (chance === 0 || chance < limits.minProbability) continue;
      const label = weight + attemptCost / chance;
      if (label >= labelThere) continue;
      const whole = weight + attemptCost / (chance * restChance[level]);
      if (whole > this.#enough) continue;
      labels[from] = label;
      this.#weight[from] = weight;
      this.#cltv[from] = cltv;
      this.amountMsat[from] = sent;
      this.probability[from] = chance;
      this.next[from] = hop.direction;
      this.hops[from] = this.hops[node] + 1;
      this.#heap.push(from, this.#wholeWay ? whole : label);
      if (stops) {
        this.#stopLabel = label;
        if (label < this.#enough) this.#enough = label;
      } else if (this.#direct[from] === this.#generation) {
        this.#knowWayBy(from, limits, attemptCost);
      }
    }
  }

  /** The way kept in `#known`. */
  #knownWay(): Way {
    const { peer, next, out, sentMsat, probability } = this.#known;
    this.next[peer] = next;
    const way = this.way(peer);
    way.directions.unshift(out);
    way.amountsMsat.unshift(sentMsat);
    return { ...way, sentMsat, probability };
  }

  /** The way from a node that was reached to the start of the search. */
  way(node: number): Way {
    const { source } = this.network;
    const way: Way = {
      directions: [],
      amountsMsat: [],
      sentMsat: this.amountMsat[node],
      probability: this.probability[node],
    };
    for (let at = node; this.next[at] !== -1;) {
      const direction = this.next[at];
      at = source[direction ^ 1];
      way.directions.push(direction);
      way.amountsMsat.push(this.amountMsat[at]);
    }
    return way;
  }
}
