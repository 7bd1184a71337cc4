import type { DemandForecast, OptimalBalance } from "../liquidity/mod.ts";
import type { ChannelState, Suggestion } from "../protocol/mod.ts";
import type { NodePast } from "./node_past.ts";
import type { ValueCurve } from "./value_curve.ts";

/** All that the planner knows of one channel. */
export interface ChannelOutlook {
  channel: ChannelState;
  /** Absent while the channel is "learning": the planner abstains. */
  forecast?: DemandForecast;
  /** What the channel's own past alone foretells, for what sources are charged; `forecast` if absent. */
  pastForecast?: DemandForecast;
  optimal?: OptimalBalance;
  /** What balances are worth by the past; without one the forecast alone says. */
  curve?: ValueCurve;
  /** Fee rate earned on what goes out by this channel, ppm: own policy, or the average observed. */
  earnedOutPpm: number;
  /** Fee rate earned (at other channels) on what comes in by this channel, ppm. */
  earnedInPpm: number;
  /** Settled and failed forwards seen so far, both directions. */
  forwardsSeen: number;
  /** Time since the first observation. */
  observedMs: number;
  /** The last rebalance of this channel that was carried out or failed. */
  lastRebalance?: { timeMs: number; role: "source" | "target"; applied: boolean };
}

/** Why a channel gets a suggestion, or why it gets none. */
export type DecisionCode =
  | "suggested_target" // it will be refilled
  | "suggested_source" // it gives
  | "learning" // too little history: abstains
  | "balanced" // within its optimal interval
  | "no_demand" // nothing is expected to be earned
  | "no_source" // no channel can give without losing more
  | "no_target" // it could give, but no channel needs it
  | "no_route" // no way there is known
  | "too_expensive" // the route's fee is too large a part of what would be gained
  | "over_budget" // what the node may spend in a plan goes to better rebalances
  | "low_confidence" // the chance of paying for itself is too small
  | "cool_down" // changed not long ago
  | "inactive" // offline or disabled
  | "excluded"; // by the operator's settings

/** One channel's line in a plan. Every channel has exactly one. */
export interface Decision {
  node: string;
  channelId: string;
  code: DecisionCode;
  /** One sentence with its numbers. */
  reason: string;
  /** Id of the suggestion it takes part in. */
  suggestionId?: string;
}

/** What is proposed, and a decision for every channel. */
export interface Plan {
  timeMs: number;
  suggestions: Suggestion[];
  decisions: Decision[];
  /** One for each suggestion, in their order. */
  bases: SuggestionBasis[];
}

/** Expected cost of bringing an amount from one own channel to another. */
export interface RouteEstimate {
  /** For the whole amount. */
  feeMsat: number;
  /** Share of the amount that is expected to arrive, 0 to 1. */
  probability: number;
  /** Both as the search for a route has them, before outcomes corrected them. */
  raw?: { feeMsat: number; probability: number };
}

/** What a suggestion was computed from, for those who learn from what comes of it. */
export interface SuggestionBasis {
  /** Of the suggestion. */
  id: string;
  shown: ConfidenceBasis;
  route: RouteEstimate;
}

/** A rebalance between two channels of a node, both as they are just before it. */
export interface PairMove {
  source: ChannelState;
  target: ChannelState;
  amountMsat: number;
  feeMsat: number;
}

/** A rebalance to be tried on the past. */
export interface TriedMove extends PairMove {
  /** Since when both were watched, Unix ms. */
  watchedSinceMs: number;
}

/** Whether a rebalance would have paid for itself in a stretch of the past. */
export interface Trial {
  whole: boolean;
  /** Half of it, for half of the fee: often less arrives than was asked for. */
  half: boolean;
}

/** What confidence in a rebalance follows from. */
export interface ConfidenceBasis {
  /** The forecast's chance that outflow earns back the fee, 0 to 1. */
  chance: number;
  /** In each of the last stretches as long as the horizon, the newest first. */
  tried: readonly Trial[];
}

/** What outcomes of earlier suggestions taught. Without it chances are taken as computed. */
export interface PlanCalibration {
  /** The chance that a rebalance pays for itself. */
  confidence(computed: ConfidenceBasis): number;
}

/**
 * Estimates circular routes into `targetChannel`. Returns a function from the source channel to the
 * estimate (undefined where no route is known), since one search serves all sources.
 */
export type RouteEstimator = (query: {
  node: string;
  targetChannel: string;
  amountMsat: number;
  /** Routes that cost more are of no use: a narrow limit makes a search fast. */
  feeLimitMsat?: number;
}) => (sourceChannel: string) => RouteEstimate | undefined;

/** What an operator allows for one channel; what is left out is not limited. */
export interface ChannelLimits {
  /** Which part it may take in a rebalance. */
  role?: "both" | "source" | "target" | "none";
  /** Local balance over capacity that it is never drained below, and never filled above. */
  low?: number;
  high?: number;
  /** Fee of a rebalance into it at most, ppm. */
  maxFeePpm?: number;
}

/** How careful the planner is. */
export interface PlannerOptions {
  /** What liquidity earns must exceed its fee by this factor; also sets the fee limit. At least 1. */
  marginFactor: number;
  /** What is left after the fee must be at least this. */
  minGainMsat: number;
  /** Smallest and largest amount of one suggestion. */
  minAmountSat: number;
  maxAmountSat: number;
  /** No second rebalance of a channel within this time. */
  coolDownMs: number;
  /** No rebalance the other way within this time. */
  reverseCoolDownMs: number;
  /** Suggestions a node at most in one plan. */
  maxPerNode: number;
  /**
   * Searches for routes in one plan at most, shared evenly by its nodes: 40 a node as long as that
   * is within it, and 8 however many there are.
   */
  maxSearches: number;
  /** Suggestions below this confidence are not made. */
  minConfidence: number;
  /** How long a suggestion stands. */
  expiryMs: number;
  /** Share of the capacity that stays on either side; more where the channel's reserve asks for more. */
  reserveRatio: number;
  /** The operator's own rule for a channel. */
  ruleOf: (channel: ChannelState) => ChannelLimits;
  /** What a node may spend on fees in one plan, msat; nodes that are not listed are not held back. */
  budgetMsat: ReadonlyMap<string, number>;
  /** What was attempted through nodes; channels of nodes that are not listed are valued one by one. */
  pasts: ReadonlyMap<string, NodePast>;
  /** Tries a rebalance on the past, for confidence; none is tried when left out. */
  tryOnPast?: (move: TriedMove) => Trial[];
  calibration?: PlanCalibration;
}

export const PLANNER_DEFAULTS = {
  marginFactor: 1.4,
  minGainMsat: 300,
  minAmountSat: 10_000,
  maxAmountSat: 5_000_000,
  coolDownMs: 4 * 3_600_000,
  reverseCoolDownMs: 24 * 3_600_000,
  maxPerNode: 10,
  maxSearches: 1000,
  minConfidence: 0.1,
  expiryMs: 3_600_000,
  reserveRatio: 0.02,
  ruleOf: (): ChannelLimits => ({}),
  budgetMsat: new Map<string, number>(),
  pasts: new Map<string, NodePast>(),
} as const satisfies PlannerOptions;
