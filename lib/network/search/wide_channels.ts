import { MSAT_PER_SAT } from "../../core/mod.ts";
import type { Network } from "../network.ts";

/** Ranges of amounts from one amount to its double; amounts of a range share their channels. */
const STEPS_AN_OCTAVE = 4;
/** Amounts that channels are kept for, at most; those made first go first. */
const MOST_KEPT = 32;

/**
 * The channels that are large enough for an amount, by node: for large amounts far fewer than all.
 * Capacities don't change, so they are gathered once for each range of amounts. The entries of node
 * `v` are `start[v]` to `start[v + 1] - 1`, in the order of the network's own.
 */
export interface WideChannels {
  /** Tells ranges of amounts apart; the least is -1. */
  step: number;
  start: Int32Array;
  /** The node at the other end. */
  neighbour: Int32Array;
  /** Where `incomingTerms` has the direction from that node, in directions. */
  place: Int32Array;
  /** Nodes that can be in the middle of a way: those with two entries or more. */
  forwarders: Int32Array;
}

/** Gathers {@linkcode WideChannels}. */
export class ChannelWidths {
  readonly #kept = new Map<number, WideChannels>();

  constructor(readonly network: Network) {}

  /** Channels among which are all that can carry `amountMsat`; for 0 all there are. */
  atLeast(amountMsat: number): WideChannels {
    const step = amountMsat < 1 ? -1 : Math.floor(STEPS_AN_OCTAVE * Math.log2(amountMsat));
    let wide = this.#kept.get(step);
    if (wide !== undefined) return wide;
    wide = this.#gather(step);
    if (this.#kept.size === MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(step, wide);
    return wide;
  }

  #gather(step: number): WideChannels {
    // A little less than the least amount of the step, as logarithms are rounded.
    const leastMsat = step === -1 ? 0 : 2 ** (step / STEPS_AN_OCTAVE) * (1 - 1e-9);
    const { nodeCount, outgoing, outgoingStart, incomingSource, capacitySat } = this.network;
    const start = new Int32Array(nodeCount + 1), forwarders: number[] = [];
    const neighbour = new Int32Array(outgoing.length), place = new Int32Array(outgoing.length);
    let count = 0;
    for (let node = 0; node < nodeCount; node++) {
      for (let at = outgoingStart[node]; at < outgoingStart[node + 1]; at++) {
        if (capacitySat[outgoing[at] >> 1] * MSAT_PER_SAT < leastMsat) continue;
        neighbour[count] = incomingSource[at];
        place[count++] = at;
      }
      start[node + 1] = count;
      if (count - start[node] > 1) forwarders.push(node);
    }
    return {
      step,
      start,
      neighbour: neighbour.slice(0, count),
      place: place.slice(0, count),
      forwarders: Int32Array.from(forwarders),
    };
  }
}
