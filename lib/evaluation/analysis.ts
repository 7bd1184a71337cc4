import type { Forecaster } from "../learning/mod.ts";
import { channelKey, type FeatureTable } from "../liquidity/mod.ts";
import {
  type ChannelOutlook,
  type Decision,
  type Plan,
  type PlannerOptions,
  planRebalances,
  type RouteEstimator,
} from "../planning/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { latestRows, outlooksFromRows } from "./outlooks.ts";

/** One channel with all that is said of it. */
export interface AnalyzedChannel {
  /** Time of the features, Unix ms. */
  timeMs: number;
  outlook: ChannelOutlook;
  decision: Decision;
  /** The suggestion it takes part in. */
  suggestion?: Suggestion;
  side: BalanceSide;
  /** What moves its forecast need most, in words; of channels that a suggestion refills only. */
  because: string[];
  /** Chance that what `side` says comes true within the horizon, 0 to 1; undefined while learning. */
  confidence?: number;
}

/** Where today's balance stands to the optimal interval. */
export type BalanceSide = "short_outbound" | "short_inbound" | "within" | "learning";

/** What is known of a set of channels at one moment. */
export interface Analysis {
  /** Time of the newest features, Unix ms. */
  timeMs: number;
  horizonMs: number;
  /** In order of node and channel. */
  channels: AnalyzedChannel[];
  plan: Plan;
  /** Channels left out since they were last seen too long before `timeMs`. */
  stale: number;
}

/** What {@linkcode analyzeFeatures} works with. */
export interface AnalysisOptions {
  forecaster: Forecaster;
  /** Costs of circular routes. */
  estimate: RouteEstimator;
  planner?: Partial<PlannerOptions>;
  /** A channel watched for less than this gets no forecast. */
  minObservedMs?: number;
}

/**
 * Predictions and a plan for the channels of a features table, as of its end.
 *
 * @param table at least one row
 */
export function analyzeFeatures(table: FeatureTable, options: AnalysisOptions): Analysis {
  const { table: latest, timeMs, stale } = latestRows(table);
  const outlooks = outlooksFromRows(latest, options.forecaster, options.minObservedMs);
  const plan = planRebalances(outlooks, options.estimate, timeMs, options.planner);
  const decisions = new Map(plan.decisions.map((d) => [channelKey(d.node, d.channelId), d]));
  const suggestions = new Map(plan.suggestions.map((s) => [s.id, s]));
  const channels = outlooks.map((outlook, row): AnalyzedChannel => {
    const { node, channelId } = outlook.channel;
    const decision = decisions.get(channelKey(node, channelId))!;
    const side = sideOf(outlook);
    const suggestion = suggestions.get(decision.suggestionId ?? "");
    const isTarget = suggestion?.targetChannel === channelId;
    return {
      timeMs: latest.timeMs[row],
      outlook,
      decision,
      suggestion,
      side,
      because: isTarget ? outboundReasons(options.forecaster, latest, row) : [],
      confidence: confidenceOf(outlook, side),
    };
  });
  return { timeMs, horizonMs: options.forecaster.horizonMs, channels, plan, stale };
}

function outboundReasons(forecaster: Forecaster, table: FeatureTable, row: number): string[] {
  const width = table.featureNames.length;
  const vector = table.x.subarray(row * width, (row + 1) * width);
  return forecaster.explain?.("outbound", vector).map(({ text }) => text) ?? [];
}

function sideOf({ channel, optimal }: ChannelOutlook): BalanceSide {
  if (optimal === undefined) return "learning";
  const ratio = channel.localBalanceSat / channel.capacitySat;
  if (ratio < optimal.lowRatio) return "short_outbound";
  return ratio > optimal.highRatio ? "short_inbound" : "within";
}

function confidenceOf({ optimal }: ChannelOutlook, side: BalanceSide): number | undefined {
  if (optimal === undefined) return undefined;
  const { shortOutbound, shortInbound } = optimal;
  if (side === "short_outbound") return shortOutbound;
  return side === "short_inbound" ? shortInbound : (1 - shortOutbound) * (1 - shortInbound);
}

/** Share of the capacity that is on the own side, 0 to 1. */
export function balanceRatio({ outlook: { channel } }: AnalyzedChannel): number {
  return channel.localBalanceSat / channel.capacitySat;
}
