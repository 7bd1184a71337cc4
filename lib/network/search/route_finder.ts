import { MSAT_PER_SAT } from "../../core/mod.ts";
import { emptyHop, type HopModel } from "./hop_model.ts";
import { LiquidityBounds } from "./liquidity_bounds.ts";
import type { LiquidityPrior } from "./liquidity_prior.ts";
import type { Network } from "../network.ts";
import { BackwardSearch } from "./search.ts";
import { SEARCH_DEFAULTS, type SearchEnds, type SearchLimits } from "./search_limits.ts";
import type { Way } from "./way.ts";

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

/** Limits where a request doesn't tell: of payments and of circular routes. */
export interface FinderDefaults {
  payment: SearchLimits;
  circular: SearchLimits;
}

/**
 * Finds routes by what a {@linkcode HopModel} thinks of hops. It reuses its arrays, so one finder
 * serves one caller at a time.
 */
export class ModelFinder<M extends HopModel> {
  readonly #search: BackwardSearch;

  constructor(readonly network: Network, readonly model: M, readonly defaults: FinderDefaults) {
    this.#search = new BackwardSearch(network, model);
  }

  /** The route of least cost for a payment, or undefined where limits leave none. */
  findRoute(request: RouteRequest): Route | undefined {
    const { sender, receiver, amountMsat } = request;
    if (sender === receiver) return undefined;
    const way = this.#search.run({
      start: receiver,
      startAmountMsat: amountMsat,
      startCltv: FINAL_CLTV,
      extraHops: 0,
      deliveredMsat: amountMsat,
      stop: sender,
      stopPays: true,
      avoid: -1,
    }, { ...this.defaults.payment, ...request });
    return way === undefined ? undefined : routeFromWay(way, amountMsat);
  }

  /**
   * The circular route of least cost, or undefined where limits leave none. The node's own two
   * channels count as sure, since it knows their balances, unless the model rules them out.
   */
  findCircularRoute(request: CircularRequest): Route | undefined {
    const { network } = this;
    const { node, sourceChannel, targetChannel, amountMsat } = request;
    const limits = { ...this.defaults.circular, ...request };
    const out = network.directionFrom(node, sourceChannel);
    const ends = this.#circularEnds(node, targetChannel, amountMsat, limits);
    if (out === undefined || ends === undefined || sourceChannel === targetChannel) {
      return undefined;
    }
    const peer = network.source[out ^ 1];
    const way = this.#search.run({ ...ends, stop: peer }, limits);
    if (way === undefined || !this.#ownCarries(out, way.sentMsat)) return undefined;
    way.directions.unshift(out);
    way.amountsMsat.unshift(way.sentMsat);
    way.directions.push(network.directionFrom(node, targetChannel)! ^ 1);
    way.amountsMsat.push(amountMsat);
    return routeFromWay(way, amountMsat);
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
    const limits = { ...this.defaults.circular, ...request };
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
  #circularEnds(
    node: number,
    targetChannel: number,
    amountMsat: number,
    limits: SearchLimits,
  ): SearchEnds | undefined {
    const { network } = this;
    const own = network.directionFrom(node, targetChannel);
    if (own === undefined) return undefined;
    const back = own ^ 1;
    const feeMsat = network.feeMsat(back, amountMsat);
    if (
      !network.carries(back, amountMsat) || feeMsat > limits.feeLimitMsat ||
      this.model.rulesOut(back, amountMsat)
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
      !this.model.rulesOut(direction, amountMsat);
  }

  /** The chance that every hop of a way holds its amount, by what the model thinks. */
  routeProbability(directions: readonly number[], amountsMsat: readonly number[]): number {
    const hop = emptyHop();
    let probability = 1;
    for (let i = 0; i < directions.length; i++) {
      hop.direction = directions[i];
      hop.source = this.network.source[directions[i]];
      hop.amountMsat = amountsMsat[i];
      hop.capacityMsat = this.network.capacitySat[directions[i] >> 1] * MSAT_PER_SAT;
      probability *= this.model.chance(hop);
    }
    return probability;
  }
}

function routeFromWay(way: Way, amountMsat: number): Route {
  const { directions, amountsMsat, sentMsat, probability } = way;
  return { directions, amountsMsat, feeMsat: sentMsat - amountMsat, probability };
}

/**
 * Finds routes by what is known of liquidity ({@linkcode RouteFinder.bounds}) and, where nothing
 * is known, by how channels usually are filled.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../../lib/core/mod.ts";
 * import { generateNetwork, RouteFinder } from "../../../lib/network/mod.ts";
 * const network = generateNetwork({ nodes: 50, rng: seededRng(1) });
 * const finder = new RouteFinder(network);
 * const route = finder.findRoute({ sender: 49, receiver: 48, amountMsat: 1_000_000 });
 * if (route && route.amountsMsat[0] !== 1_000_000 + route.feeMsat) throw new Error("fees");
 * ```
 */
export class RouteFinder extends ModelFinder<LiquidityBounds> {
  /** @param prior see {@linkcode LiquidityBounds} */
  constructor(network: Network, prior?: LiquidityPrior) {
    super(network, new LiquidityBounds(network, prior), {
      payment: SEARCH_DEFAULTS,
      circular: CIRCULAR_DEFAULTS,
    });
  }

  /** What the caller knows; consulted by every search. */
  get bounds(): LiquidityBounds {
    return this.model;
  }
}
