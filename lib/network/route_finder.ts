import { MSAT_PER_SAT } from "../core/mod.ts";
import type { LiquidityBounds } from "./liquidity_bounds.ts";
import type { Network } from "./network.ts";
import { BackwardSearch, SEARCH_DEFAULTS, type SearchLimits } from "./search.ts";

/** A way for an amount through the network. */
export interface Route {
  /** Directions from the sender to the receiver. */
  directions: number[];
  /** What each hop carries: the amount plus the fees of the hops after it. */
  amountsMsat: number[];
  feeMsat: number;
  /** The chance that all hops hold their amount, by what the finder's bounds know. */
  probability: number;
}

export interface RouteRequest extends Partial<SearchLimits> {
  sender: number;
  receiver: number;
  amountMsat: number;
}

/** A circular route out of one channel of a node and back by another. */
export interface CircularRequest extends Partial<SearchLimits> {
  node: number;
  /** Where the amount and the fees go out. */
  sourceChannel: number;
  /** Where the amount comes back. */
  targetChannel: number;
  /** What comes back. */
  amountMsat: number;
}

/** What coming from one source channel costs; see {@linkcode RouteFinder.circularCosts}. */
export interface CircularCost {
  feeMsat: number;
  /** Chance of the hops between the node's own channels. */
  probability: number;
  /** Channels, the node's own two included. */
  hops: number;
}

/** Limits of circular routes: trying costs little there, fees decide. */
export const CIRCULAR_DEFAULTS: SearchLimits = {
  ...SEARCH_DEFAULTS,
  attemptCostMsat: 1000,
  attemptCostPpm: 20,
};

/** Blocks that a receiver asks for. */
const FINAL_CLTV = 40;

/**
 * Finds routes. It holds what is known of liquidity ({@linkcode RouteFinder.bounds}) and reuses
 * its arrays, so one finder serves one caller at a time.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../lib/core/mod.ts";
 * import { generateNetwork, RouteFinder } from "../../lib/network/mod.ts";
 * const network = generateNetwork({ nodes: 50, rng: seededRng(1) });
 * const finder = new RouteFinder(network);
 * const route = finder.findRoute({ sender: 49, receiver: 48, amountMsat: 1_000_000 });
 * if (route && route.amountsMsat[0] !== 1_000_000 + route.feeMsat) throw new Error("fees");
 * ```
 */
export class RouteFinder {
  readonly #search: BackwardSearch;

  constructor(readonly network: Network) {
    this.#search = new BackwardSearch(network);
  }

  /** What the caller knows; consulted by every search. */
  get bounds(): LiquidityBounds {
    return this.#search.bounds;
  }

  /** The route of least cost for a payment, or undefined where limits leave none. */
  findRoute(request: RouteRequest): Route | undefined {
    const { sender, receiver, amountMsat } = request;
    const search = this.#search;
    const found = sender !== receiver && search.run({
      start: receiver,
      startAmountMsat: amountMsat,
      startCltv: FINAL_CLTV,
      extraHops: 0,
      deliveredMsat: amountMsat,
      stop: sender,
      stopPays: true,
      avoid: -1,
    }, { ...SEARCH_DEFAULTS, ...request });
    if (!found) return undefined;
    const route: Route = {
      directions: [],
      amountsMsat: [],
      feeMsat: search.amountMsat[sender] - amountMsat,
      probability: search.probability[sender],
    };
    search.collect(sender, route.directions, route.amountsMsat);
    return route;
  }

  /**
   * The circular route of least cost, or undefined where limits leave none. The node's own two
   * channels count as sure, since it knows their balances, unless `bounds` rule them out.
   */
  findCircularRoute(request: CircularRequest): Route | undefined {
    const { network } = this;
    const { node, sourceChannel, targetChannel, amountMsat } = request;
    const limits = { ...CIRCULAR_DEFAULTS, ...request };
    const out = network.directionFrom(node, sourceChannel);
    const ends = this.#circularEnds(node, targetChannel, amountMsat, limits);
    if (out === undefined || ends === undefined || sourceChannel === targetChannel) {
      return undefined;
    }
    const search = this.#search;
    const peer = network.source[out ^ 1];
    if (!search.run({ ...ends, stop: peer }, limits)) return undefined;
    const sentMsat = search.amountMsat[peer];
    if (!this.#ownCarries(out, sentMsat)) return undefined;
    const route: Route = {
      directions: [out],
      amountsMsat: [sentMsat],
      feeMsat: sentMsat - amountMsat,
      probability: search.probability[peer],
    };
    search.collect(peer, route.directions, route.amountsMsat);
    route.directions.push(network.directionFrom(node, targetChannel)! ^ 1);
    route.amountsMsat.push(amountMsat);
    return route;
  }

  /**
   * For one target channel: what it costs to bring `amountMsat` back by it from each of the
   * node's other channels. One search serves all. Channels that can't are absent.
   */
  circularCosts(
    request: Omit<CircularRequest, "sourceChannel">,
  ): Map<number, CircularCost> {
    const { network } = this;
    const { node, targetChannel, amountMsat } = request;
    const limits = { ...CIRCULAR_DEFAULTS, ...request };
    const costs = new Map<number, CircularCost>();
    const ends = this.#circularEnds(node, targetChannel, amountMsat, limits);
    if (ends === undefined) return costs;
    const search = this.#search;
    const outgoing = network.directionsFrom(node);
    search.runToAll(ends, limits, Array.from(outgoing, (out) => network.source[out ^ 1]));
    for (const out of outgoing) {
      const peer = network.source[out ^ 1];
      if (out >> 1 === targetChannel || !search.reached(peer)) continue;
      const sentMsat = search.amountMsat[peer];
      if (!this.#ownCarries(out, sentMsat)) continue;
      costs.set(out >> 1, {
        feeMsat: sentMsat - amountMsat,
        probability: search.probability[peer],
        hops: search.hops[peer],
      });
    }
    return costs;
  }

  /** A search that begins at the peer of the target channel; undefined where that can't carry the amount back. */
  #circularEnds(node: number, targetChannel: number, amountMsat: number, limits: SearchLimits) {
    const { network } = this;
    const own = network.directionFrom(node, targetChannel);
    if (own === undefined) return undefined;
    const back = own ^ 1;
    const feeMsat = network.feeMsat(back, amountMsat);
    if (
      !network.carries(back, amountMsat) || feeMsat > limits.feeLimitMsat ||
      amountMsat >= this.bounds.failedMsat(back)
    ) return undefined;
    return {
      start: network.source[back],
      startAmountMsat: amountMsat + feeMsat,
      startCltv: FINAL_CLTV + network.cltvDelta[back],
      // The node's own two channels.
      extraHops: 2,
      deliveredMsat: amountMsat,
      stop: -1,
      stopPays: false,
      avoid: node,
    };
  }

  /** A node needs no announcement to use its own channel, but the channel must be up and hold it. */
  #ownCarries(direction: number, amountMsat: number): boolean {
    return this.network.disabled[direction] === 0 &&
      amountMsat <= this.network.capacitySat[direction >> 1] * MSAT_PER_SAT &&
      amountMsat < this.bounds.failedMsat(direction);
  }

  /** The chance that every hop of a way holds its amount, by what `bounds` know. */
  routeProbability(directions: readonly number[], amountsMsat: readonly number[]): number {
    let probability = 1;
    for (let i = 0; i < directions.length; i++) {
      probability *= this.bounds.probability(directions[i], amountsMsat[i]);
    }
    return probability;
  }
}
