import type { DemandForecast, OptimalBalance } from "../liquidity/mod.ts";
import type { ChannelState, Suggestion } from "../protocol/mod.ts";

/** All that the planner knows of one channel. */
export interface ChannelOutlook {
  channel: ChannelState;
  /** Absent while the channel is "learning": the planner abstains. */
  forecast?: DemandForecast;
  optimal?: OptimalBalance;
  /** Fee rate earned on what goes out by this channel, ppm: own policy, or the average observed. */
  earnedPpm: number;
  /** Settled and failed forwards seen so far, both directions. */
  forwardsSeen: number;
  /** Time since the first observation. */
  observedMs: number;
}

/** Why a channel gets no suggestion, or why it gets one. */
export type DecisionCode =
  | "suggested_target" // it will be refilled
  | "suggested_source" // it gives
  | "learning" // too little history: abstains
  | "balanced" // within its optimal interval
  | "no_demand" // nothing is expected to be earned
  | "no_source" // no channel can give without losing more
  | "no_route" // no way there within the fee limit
  | "too_expensive" // the route's fee exceeds what would be gained
  | "cool_down" // changed not long ago
  | "inactive" // offline or disabled
  | "excluded" // by the operator's settings
  | "low_confidence"; // the chance of paying for itself is too small

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
}

/** Expected cost of bringing an amount from one own channel to another. */
export interface RouteEstimate {
  feeMsat: number;
  /** Chance that one of the attempts arrives, 0 to 1. */
  probability: number;
}

/** Estimates circular routes; undefined where none is known. */
export type RouteEstimator = (query: {
  node: string;
  sourceChannel: string;
  targetChannel: string;
  amountMsat: number;
}) => RouteEstimate | undefined;

/** How careful the planner is. */
export interface PlannerOptions {
  /** Expected gain must exceed expected cost by this factor. */
  marginFactor: number;
  /** And by this much. */
  minGainMsat: number;
  minAmountSat: number;
  maxAmountSat: number;
  /** No second rebalance of a channel within this time, and none the other way. */
  coolDownMs: number;
  /** Suggestions a node at most in one plan. */
  maxPerNode: number;
  minConfidence: number;
  /** How long a suggestion stands. */
  expiryMs: number;
  /** Fee limit over the expected fee, 1 or more. */
  feeSlack: number;
  /** Channels never touched, as channel ids. */
  excluded: ReadonlySet<string>;
}
