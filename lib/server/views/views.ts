/** From the inside to the wire: what the routes and the live stream show. */
import { HOUR_MS, isoTime } from "../../core/mod.ts";
import { QUANTILE_LEVELS } from "../../liquidity/mod.ts";
import type { ChannelOutlook, Decision, Plan } from "../../planning/mod.ts";
import { snakeNames, type Suggestion } from "../../protocol/mod.ts";
import type { ChannelRow, HourRow, NumberedEvent, PredictionRow } from "../../store/mod.ts";
import type { DriftWatch } from "../models/drift_watch.ts";
import type { RetrainOutcome, TwinView } from "../state/engine.ts";
import type { ChannelView, PredictionView, RecommendationsView } from "./schemas.ts";

/** A channel as it is now, its ends called as `aliasOf` knows them. */
export function channelView(
  { timeMs, channel }: ChannelRow,
  aliasOf: (node: string) => string | null,
): ChannelView {
  return {
    node: channel.node,
    node_alias: aliasOf(channel.node),
    channel_id: channel.channelId,
    peer: channel.peer,
    peer_alias: aliasOf(channel.peer),
    capacity_sat: channel.capacitySat,
    local_balance_sat: channel.localBalanceSat,
    remote_balance_sat: channel.remoteBalanceSat,
    balance_ratio: channel.localBalanceSat / channel.capacitySat,
    active: channel.active,
    local_fee_rate_ppm: channel.localPolicy?.feeRatePpm ?? null,
    last_update: isoTime(timeMs),
  };
}

/** What a channel will need. */
export function predictionView(outlook: ChannelOutlook): PredictionView {
  const { channel, forecast, optimal } = outlook;
  return {
    node: channel.node,
    channel_id: channel.channelId,
    peer: channel.peer,
    capacity_sat: channel.capacitySat,
    balance_ratio: channel.localBalanceSat / channel.capacitySat,
    state: optimal === undefined ? "learning" : "ready",
    optimal_ratio: optimal?.optimalRatio ?? null,
    low_ratio: optimal?.lowRatio ?? null,
    high_ratio: optimal?.highRatio ?? null,
    short_outbound: optimal?.shortOutbound ?? null,
    short_inbound: optimal?.shortInbound ?? null,
    outbound_need_sat: forecast ? [...forecast.outboundNeed.sat] : null,
    inbound_need_sat: forecast ? [...forecast.inboundNeed.sat] : null,
    levels: [...QUANTILE_LEVELS],
    fees_at_stake_msat: forecast?.feesAtStakeMsat ?? null,
    horizon_hours: forecast ? forecast.horizonMs / HOUR_MS : null,
    forwards_seen: outlook.forwardsSeen,
  };
}

/** A suggestion on the wire. */
export function suggestionView(s: Suggestion): RecommendationsView["suggestions"][number] {
  const wire = snakeNames(s) as RecommendationsView["suggestions"][number];
  return { ...wire, expires_at: isoTime(s.expiresAt) };
}

/** The plan, of one node where one is given. */
export function recommendationsView(
  plan: Plan | undefined,
  modelId: string | undefined,
  node?: string,
  dismissedUntil: (suggestion: Suggestion) => number | undefined = () => undefined,
): RecommendationsView {
  const mine = <T extends { node: string }>(items: T[]) =>
    node === undefined ? items : items.filter((item) => item.node === node);
  return {
    time: plan === undefined ? null : isoTime(plan.timeMs),
    model: modelId ?? null,
    suggestions: mine(plan?.suggestions ?? []).map(suggestionView),
    dismissed: mine(plan?.suggestions ?? []).flatMap((suggestion) => {
      const untilMs = dismissedUntil(suggestion);
      return untilMs === undefined ? [] : [{ id: suggestion.id, until: isoTime(untilMs) }];
    }),
    decisions: mine(plan?.decisions ?? []).map(decisionView),
  };
}

function decisionView(d: Decision): RecommendationsView["decisions"][number] {
  return {
    node: d.node,
    channel_id: d.channelId,
    code: d.code,
    reason: d.reason,
    suggestion_id: d.suggestionId ?? null,
  };
}

/** A forward of the journal. */
export function forwardView({ seq, event }: NumberedEvent) {
  if (event.kind !== "forward") throw new Error(`found ${event.kind}, expected a forward`);
  return { seq, time: isoTime(event.timeMs), ...(snakeNames(event.forward) as object) };
}

/** Sums of an hour. */
export function hourView({ hourMs, ...row }: HourRow) {
  return { hour: isoTime(hourMs), ...(snakeNames(row) as object) };
}

/** The last retraining. */
export function retrainingView(outcome: RetrainOutcome | undefined) {
  return outcome === undefined ? null : {
    status: outcome.status,
    model: outcome.modelId ?? null,
    reason: outcome.reason,
    feature_drift: outcome.featureDrift ?? [],
    finished: isoTime(outcome.finishedMs),
  };
}

/** What the errors of the model that serves are like beside what they were. */
export function driftView(watch: DriftWatch | undefined) {
  if (watch === undefined) return null;
  const { state, level, alarms } = watch.state;
  const { lastAlarm } = watch;
  return {
    state,
    level,
    alarms,
    last_alarm: lastAlarm === undefined ? null : {
      direction: lastAlarm.direction ?? null,
      since: lastAlarm.sinceMs === undefined ? null : isoTime(lastAlarm.sinceMs),
    },
  };
}

/** Both twins. */
export function twinView(twin: TwinView | undefined) {
  if (twin === undefined) return null;
  const { timeMs, ...figures } = twin;
  return { time: isoTime(timeMs), ...(snakeNames(figures) as object) };
}

/** What is kept of a round of predictions; channels that are still learning have none. */
export function predictionRows(
  outlooks: readonly ChannelOutlook[],
  timeMs: number,
  modelId = "",
): PredictionRow[] {
  return outlooks.flatMap(({ channel, forecast, optimal }) => {
    if (forecast === undefined || optimal === undefined) return [];
    return [{
      timeMs: Math.round(timeMs),
      node: channel.node,
      channelId: channel.channelId,
      balanceRatio: channel.localBalanceSat / channel.capacitySat,
      optimalRatio: optimal.optimalRatio,
      lowRatio: optimal.lowRatio,
      highRatio: optimal.highRatio,
      shortOutbound: optimal.shortOutbound,
      shortInbound: optimal.shortInbound,
      feesAtStakeMsat: forecast.feesAtStakeMsat,
      modelId,
    }];
  });
}
