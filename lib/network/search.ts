import { priorAtLeast } from "./balance_prior.ts";
import { LiquidityBounds } from "./liquidity_bounds.ts";
import { type Network, TERMS } from "./network.ts";
import { NodeHeap } from "./node_heap.ts";

/** What a search weighs and may not exceed. */
export interface SearchLimits {
  /** Fees of all hops together at most. */
  feeLimitMsat: number;
  /** Blocks of all hops together at most. */
  cltvLimit: number;
  /** Channels in the route at most; BOLT 4's onion holds 20. */
  maxHops: number;
  /** Cost of a block of time lock per msat locked (LND: 15e-9). */
  riskPerBlock: number;
  /** What a failed attempt is thought to cost: a fixed part and a share of the amount in ppm (LND: 100 sat, 1000 ppm). */
  attemptCostMsat: number;
  attemptCostPpm: number;
  /** Routes less likely than this are not considered. */
  minProbability: number;
}

/** LND's defaults. */
export const SEARCH_DEFAULTS: SearchLimits = {
  feeLimitMsat: Infinity,
  cltvLimit: 2016,
  maxHops: 20,
  riskPerBlock: 15e-9,
  attemptCostMsat: 100_000,
  attemptCostPpm: 1000,
  minProbability: 0.001,
};

/** Directions that are looked at to find out whether a payer is cut off. */
const CUT_OFF_LOOKS = 200;

/** Where a search begins and ends. */
export interface SearchEnds {
  /** The node that the search starts at, backward: the last that forwards, or the receiver. */
  start: number;
  /** What `start` must get. */
  startAmountMsat: number;
  startCltv: number;
  /** Hops that are in the route beside those found. */
  extraHops: number;
  /** What is delivered in the end; fees are what is sent above it. */
  deliveredMsat: number;
  /** The search ends when this node is reached; -1 for none. */
  stop: number;
  /** Whether `stop` pays: it then charges no fee for its own channel. */
  stopPays: boolean;
  /** A node that must not be in the route; -1 for none. */
  avoid: number;
}

/**
 * Backward search for the cheapest way to a node, as LND does it: the label of a node is the fees
 * and time-lock risk of the way from it to the end, plus the cost of an attempt over the chance
 * that it succeeds. Settled nodes keep their label. Arrays are reused; a generation counter tells
 * stale labels.
 */
export class BackwardSearch {
  readonly bounds: LiquidityBounds;
  /** What a node must receive so that the rest of the way is paid, by node. */
  readonly amountMsat: Float64Array;
  /** Chance of the way from a node to the end. */
  readonly probability: Float64Array;
  /** The direction by which a node sends on; -1 at the start. */
  readonly next: Int32Array;
  readonly hops: Int32Array;
  readonly #weight: Float64Array;
  readonly #cltv: Float64Array;
  readonly #label: Float64Array;
  readonly #stamp: Int32Array;
  readonly #settled: Int32Array;
  /** Nodes a `runToAll` waits for, stamped with the generation. */
  readonly #wanted: Int32Array;
  #wantedCount = 0;
  /** For peers of a payer: the most its best channel to them is known to send; stamped. */
  readonly #direct: Int32Array;
  readonly #directMsat: Float64Array;
  /** No label above this one matters: a way to the end of the search with that label is known. */
  #enough = Infinity;
  #generation = 0;
  readonly #heap: NodeHeap;

  constructor(readonly network: Network) {
    const nodes = network.nodeCount;
    this.bounds = new LiquidityBounds(network);
    this.amountMsat = new Float64Array(nodes);
    this.probability = new Float64Array(nodes);
    this.next = new Int32Array(nodes);
    this.hops = new Int32Array(nodes);
    this.#weight = new Float64Array(nodes);
    this.#cltv = new Float64Array(nodes);
    this.#label = new Float64Array(nodes);
    this.#stamp = new Int32Array(nodes);
    this.#settled = new Int32Array(nodes);
    this.#wanted = new Int32Array(nodes);
    this.#direct = new Int32Array(nodes);
    this.#directMsat = new Float64Array(nodes);
    this.#heap = new NodeHeap(nodes);
  }

  /** Whether the last search settled this node. */
  reached(node: number): boolean {
    return this.#settled[node] === this.#generation;
  }

  /** Searches until `ends.stop` is settled. Returns whether it was. */
  run(ends: SearchEnds, limits: SearchLimits): boolean {
    this.#begin(ends);
    this.#wantedCount = -1;
    if (ends.stopPays && (this.#stampPeers(ends) === 0 || this.#isCutOff(ends, limits))) {
      return false;
    }
    this.#expandAll(ends, limits);
    return this.reached(ends.stop);
  }

  /** Searches until all of `targets` that can be reached are settled. */
  runToAll(ends: SearchEnds, limits: SearchLimits, targets: Iterable<number>): void {
    this.#begin(ends);
    this.#wantedCount = 0;
    for (const node of targets) {
      if (this.#wanted[node] === this.#generation) continue;
      this.#wanted[node] = this.#generation;
      this.#wantedCount++;
    }
    this.#expandAll(ends, limits);
  }

  #begin({ start, startAmountMsat, startCltv, extraHops }: SearchEnds): void {
    this.#generation++;
    this.#enough = Infinity;
    this.#heap.clear();
    this.amountMsat[start] = startAmountMsat;
    this.probability[start] = 1;
    this.next[start] = -1;
    this.hops[start] = extraHops;
    this.#weight[start] = 0;
    this.#cltv[start] = startCltv;
    this.#label[start] = 0;
    this.#stamp[start] = this.#generation;
    this.#heap.push(start, 0);
  }

  /** Notes to which peers the payer may send, and how much for sure. Returns their number. */
  #stampPeers({ stop, deliveredMsat }: SearchEnds): number {
    const { network, bounds } = this;
    let count = 0;
    for (const out of network.directionsFrom(stop)) {
      const peer = network.source[out ^ 1];
      if (bounds.failedMsat(out) <= deliveredMsat || network.disabled[out] === 1) continue;
      if (this.#direct[peer] !== this.#generation) {
        this.#direct[peer] = this.#generation;
        this.#directMsat[peer] = 0;
        count++;
      }
      const sureMsat = Math.min(bounds.heldMsat(out), network.maxHtlcMsat[out]);
      const open = network.known[out] === 1 && network.minHtlcMsat[out] <= deliveredMsat;
      if (open && sureMsat > this.#directMsat[peer]) this.#directMsat[peer] = sureMsat;
    }
    return count;
  }

  /**
   * Whether the payer can't get far: what can be reached from it over hops that could carry the
   * amount, each within the fee limit, is small and doesn't hold the receiver. Not knowing is no.
   */
  #isCutOff({ start, stop, deliveredMsat }: SearchEnds, { feeLimitMsat }: SearchLimits): boolean {
    const { network, bounds } = this;
    const { outgoing, outgoingStart, source, known, disabled, maxHtlcMsat } = network;
    const reached = [stop];
    let looked = 0;
    for (let i = 0; i < reached.length; i++) {
      const node = reached[i];
      looked += outgoingStart[node + 1] - outgoingStart[node];
      if (looked > CUT_OFF_LOOKS) return false;
      for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
        const direction = outgoing[at];
        if (known[direction] === 0 || disabled[direction] === 1) continue;
        if (maxHtlcMsat[direction] < deliveredMsat) continue;
        if (bounds.failedMsat(direction) <= deliveredMsat) continue;
        if (node !== stop && network.feeMsat(direction, deliveredMsat) > feeLimitMsat) continue;
        const to = source[direction ^ 1];
        if (to === start) return false;
        if (!reached.includes(to)) reached.push(to);
      }
    }
    return true;
  }

  /**
   * Whether all ways through a settled node are dearer than one that is known. From a node that
   * isn't next to the payer there is one more hop at least, no surer than its largest channel.
   */
  #isHopeless(node: number, attemptCost: number): boolean {
    if (this.#enough === Infinity || this.#direct[node] === this.#generation) return false;
    if (this.bounds.knowsSuccesses) return false;
    const largestMsat = this.network.largestIncomingMsat[node];
    const chance = this.probability[node] * priorAtLeast(this.amountMsat[node] / largestMsat);
    return this.#weight[node] + attemptCost / chance > this.#enough;
  }

  #expandAll(ends: SearchEnds, limits: SearchLimits): void {
    const attemptCost = limits.attemptCostMsat +
      ends.deliveredMsat * limits.attemptCostPpm / 1_000_000;
    while (this.#heap.size > 0) {
      const node = this.#heap.pop();
      this.#settled[node] = this.#generation;
      if (node === ends.stop) return;
      if (this.#wanted[node] === this.#generation && --this.#wantedCount === 0) return;
      if (this.hops[node] >= limits.maxHops || this.#isHopeless(node, attemptCost)) continue;
      this.#expand(node, ends, limits, attemptCost);
    }
  }

  /** Looks at everybody who could send to `node`. */
  #expand(node: number, ends: SearchEnds, limits: SearchLimits, attemptCost: number): void {
    const { incomingTerms: terms, outgoingStart } = this.network;
    const generation = this.#generation;
    const settled = this.#settled, stamp = this.#stamp, labels = this.#label;
    const amountMsat = this.amountMsat[node], probability = this.probability[node];
    const weightHere = this.#weight[node], cltvHere = this.#cltv[node];
    // What an attempt costs at least from here on: no hop is surer than sure.
    const leastCost = attemptCost / probability;
    const { stop } = ends;
    const end = TERMS.count * outgoingStart[node + 1];
    for (let at = TERMS.count * outgoingStart[node]; at < end; at += TERMS.count) {
      const from = terms[at + TERMS.source];
      if (settled[from] === generation || from === ends.avoid) continue;
      if (
        amountMsat < terms[at + TERMS.minHtlcMsat] || amountMsat > terms[at + TERMS.maxHtlcMsat]
      ) {
        continue;
      }
      const stops = from === stop, pays = stops && ends.stopPays;
      // A node with one channel can't forward.
      if (!stops && outgoingStart[from + 1] - outgoingStart[from] === 1) {
        if (this.#wanted[from] !== generation) continue;
      }
      const fee = pays ? 0 : terms[at + TERMS.baseFeeMsat] +
        Math.floor(amountMsat * terms[at + TERMS.feeRatePpm] / 1_000_000);
      const sent = amountMsat + fee;
      if (sent - ends.deliveredMsat > limits.feeLimitMsat) continue;
      const delta = pays ? 0 : terms[at + TERMS.cltvDelta];
      const cltv = cltvHere + delta;
      if (cltv > limits.cltvLimit) continue;
      const weight = weightHere + fee + sent * delta * limits.riskPerBlock;
      const known = stamp[from] === generation;
      if (weight + leastCost > this.#enough) continue;
      if (known && weight + leastCost >= labels[from]) continue;
      const direction = terms[at + TERMS.direction];
      const chance = probability *
        this.bounds.probabilityOf(direction, amountMsat, terms[at + TERMS.capacityMsat]);
      if (chance === 0 || chance < limits.minProbability) continue;
      const label = weight + attemptCost / chance;
      if (known && label >= labels[from]) continue;
      if (label > this.#enough) continue;
      stamp[from] = generation;
      labels[from] = label;
      this.#weight[from] = weight;
      this.#cltv[from] = cltv;
      this.amountMsat[from] = sent;
      this.probability[from] = chance;
      this.next[from] = direction;
      this.hops[from] = this.hops[node] + 1;
      this.#heap.push(from, label);
      // A payer's own channel costs nothing and is sure: its peer's label is as good as its own.
      const isWay = stops || (this.#direct[from] === generation &&
        sent <= this.#directMsat[from] && this.hops[from] < limits.maxHops);
      if (isWay && label < this.#enough) this.#enough = label;
    }
  }

  /** Adds the way from `node` to the start of the search, and what each hop carries, to the arrays. */
  collect(node: number, directions: number[], amountsMsat: number[]): void {
    const { source } = this.network;
    for (let at = node; this.next[at] !== -1;) {
      const direction = this.next[at];
      at = source[direction ^ 1];
      directions.push(direction);
      amountsMsat.push(this.amountMsat[at]);
    }
  }
}
