import {
  balanceDistribution,
  type ChannelBalance,
  type ChartSpec,
  decisionLabel,
  drawableName,
  featureImportance,
  optimalVsCurrent,
  rebalanceRecommendations,
} from "../charts/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { type Analysis, type AnalyzedChannel, balanceRatio } from "./analysis.ts";

/** The four pictures of an analysis, in the order of the report. */
export function analysisPictures(
  { channels, plan }: Analysis,
  importance: readonly { feature: string; share: number }[],
): ChartSpec[] {
  const balances = channels.map(chartBalance);
  return [
    rebalanceRecommendations(plan.suggestions.map(chartSuggestion), whyNotCounts(channels)),
    balanceDistribution(balances),
    optimalVsCurrent(balances),
    featureImportance(importance.map(({ feature, share }) => ({ feature, gain: share }))),
  ];
}

/** A channel's balance as charts see it. */
export function chartBalance(channel: AnalyzedChannel): ChannelBalance {
  const { outlook: { channel: state, optimal, forecast } } = channel;
  return {
    label: drawableName(state.peer, state.channelId),
    ratio: balanceRatio(channel),
    optimal: optimal && { low: optimal.lowRatio, high: optimal.highRatio },
    feesAtStakeSat: forecast && forecast.feesAtStakeMsat / 1000,
  };
}

function chartSuggestion(s: Suggestion) {
  return {
    from: drawableName(s.sourceNode, s.sourceChannel),
    to: drawableName(s.targetNode, s.targetChannel),
    amountSat: s.amountMsat / 1000,
    expectedGainSat: s.expectedGainMsat / 1000,
    expectedFeeSat: s.expectedFeeMsat / 1000,
    confidence: s.confidence,
  };
}

/** How many channels each reason for doing nothing holds for, most first. */
export function whyNotCounts(channels: readonly AnalyzedChannel[]) {
  const counts = new Map<string, number>();
  for (const { decision, suggestion } of channels) {
    if (suggestion === undefined) counts.set(decision.code, (counts.get(decision.code) ?? 0) + 1);
  }
  return [...counts]
    .map(([code, count]) => ({ code, reason: decisionLabel(code), count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
