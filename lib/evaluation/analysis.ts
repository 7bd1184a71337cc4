import { type Forecaster, type Side, SIDES } from "../learning/mod.ts";
import { channelKey, type DemandForecast, type FeatureTable } from "../liquidity/mod.ts";
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
  /** Forecasts of all horizons, the shortest first; none while learning. */
  horizons: DemandForecast[];
  /** What moves its forecast needs most, in words; of those with most at stake and of targets only. */
  reasons: Record<Side, string[]>;
  /** Terms of both sides, as far as they are known. */
  terms: { local?: ChannelTerms; remote?: ChannelTerms };
  /** Chance that what `side` says comes true within the horizon, 0 to 1; undefined while learning. */
  confidence?: number;
}

/** What one side of a channel asks for forwarding out of it. */
export interface ChannelTerms {
  baseFeeMsat: number;
  feeRatePpm: number;
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
export interface AnalysisOptions extends ForecasterOptions {
  /** Costs of circular routes. */
  estimate: RouteEstimator;
  planner?: Partial<PlannerOptions>;
  /** A channel watched for less than this gets no forecast. */
  minObservedMs?: number;
}

/** Who forecasts. */
export interface ForecasterOptions {
  forecaster: Forecaster;
  /** Forecasters of other horizons. */
  further?: readonly Forecaster[];
}

/** Channels at one moment, with their plan. */
export interface ChannelsView {
  /** One row a channel. */
  table: FeatureTable;
  /** In the order of the rows. */
  outlooks: readonly ChannelOutlook[];
  plan: Plan;
  timeMs: number;
  stale: number;
}

/** So many channels, those with most at stake, are told of one by one. */
export const MOST_PAGES = 50;

/**
 * Predictions and a plan for the channels of a features table, as of its end.
 *
 * @param table at least one row
 */
export function analyzeFeatures(table: FeatureTable, options: AnalysisOptions): Analysis {
  const { table: latest, timeMs, stale } = latestRows(table);
  const outlooks = outlooksFromRows(latest, options.forecaster, options.minObservedMs);
  const plan = planRebalances(outlooks, options.estimate, timeMs, options.planner);
  return analyzeView({ table: latest, outlooks, plan, timeMs, stale }, options);
}

/** The analysis of channels whose outlooks and plan are known. */
export function analyzeView(view: ChannelsView, options: ForecasterOptions): Analysis {
  const { table, outlooks, plan, timeMs, stale } = view;
  const decisions = new Map(plan.decisions.map((d) => [channelKey(d.node, d.channelId), d]));
  const suggestions = new Map(plan.suggestions.map((s) => [s.id, s]));
  const further = furtherForecasts(view, options.further ?? []);
  const explained = new Set(mostAtStake(outlooks, (outlook) => outlook));
  const channels = outlooks.map((outlook, row): AnalyzedChannel => {
    const { channel: { node, channelId }, forecast } = outlook;
    const decision = decisions.get(channelKey(node, channelId))!;
    const side = sideOf(outlook);
    const suggestion = suggestions.get(decision.suggestionId ?? "");
    const isExplained = explained.has(outlook) || suggestion?.targetChannel === channelId;
    return {
      timeMs: table.timeMs[row],
      outlook,
      decision,
      suggestion,
      side,
      horizons: forecast === undefined
        ? []
        : [forecast, ...further[row]].sort((a, b) => a.horizonMs - b.horizonMs),
      reasons: isExplained && forecast !== undefined
        ? needReasons(options.forecaster, table, row)
        : { outbound: [], inbound: [] },
      terms: { local: termsOf(table, row, "local"), remote: termsOf(table, row, "remote") },
      confidence: confidenceOf(outlook, side),
    };
  });
  return { timeMs, horizonMs: options.forecaster.horizonMs, channels, plan, stale };
}

/** The {@linkcode MOST_PAGES} with most fees at stake, most first; channels that learn come last. */
export function mostAtStake<T>(
  channels: readonly T[],
  outlookOf: (channel: T) => ChannelOutlook,
  most = MOST_PAGES,
): T[] {
  const stake = (channel: T) => outlookOf(channel).forecast?.feesAtStakeMsat ?? -1;
  return channels.toSorted((a, b) => stake(b) - stake(a)).slice(0, most);
}

/** Forecasts of the other horizons, by row. */
function furtherForecasts(
  { table, outlooks }: ChannelsView,
  further: readonly Forecaster[],
): DemandForecast[][] {
  const vectors = { data: table.x, rows: table.rows, columns: table.featureNames.length };
  const capacities = outlooks.map(({ channel }) => channel.capacitySat);
  const byHorizon = further.map((forecaster) => forecaster.predict(vectors, capacities));
  return outlooks.map((_, row) => byHorizon.map((forecasts) => forecasts[row]));
}

function needReasons(forecaster: Forecaster, table: FeatureTable, row: number) {
  const width = table.featureNames.length;
  const vector = table.x.subarray(row * width, (row + 1) * width);
  const [outbound, inbound] = SIDES.map((side) =>
    forecaster.explain?.(side, vector).map(({ text }) => text) ?? []
  );
  return { outbound, inbound };
}

function termsOf(table: FeatureTable, row: number, end: "local" | "remote") {
  const value = (name: string) =>
    table.x[row * table.featureNames.length + table.featureNames.indexOf(`${end}_${name}`)];
  const baseFeeMsat = value("base_fee_msat"), feeRatePpm = value("fee_rate_ppm");
  return Number.isFinite(feeRatePpm) ? { baseFeeMsat: baseFeeMsat || 0, feeRatePpm } : undefined;
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
