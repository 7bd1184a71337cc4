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

/** What a failed attempt is thought to cost, msat. */
export function attemptCostMsat({ deliveredMsat }: SearchEnds, limits: SearchLimits): number {
  return limits.attemptCostMsat + deliveredMsat * limits.attemptCostPpm / 1_000_000;
}
