/** From the inside to the wire, for people who look. */
import { isoTime } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";
import { type ChannelState, snakeNames } from "../../protocol/mod.ts";
import type { MetricRow, NumberedEvent } from "../../store/mod.ts";
import type { HourSums, PairFlow } from "../state/activity.ts";
import type { TrailPoint } from "../state/channel_trail.ts";
import type { ConfidenceBin, JudgedBook, JudgedDay } from "../models/judged_book.ts";
import { forwardView } from "./views.ts";

/** Peers drawn apart at most; flows beyond are the smallest. */
const MOST_FLOWS = 300;
/** Moments of errors that are told. */
const MOST_POINTS = 300;

/** Sums by hour and judged suggestions. */
export function activityView(
  hours: [hourMs: number, sums: HourSums][],
  judged: JudgedBook | undefined,
  nowMs: number,
) {
  return {
    now: Number.isFinite(nowMs) ? isoTime(nowMs) : null,
    hours: hours.map(([hourMs, sums]) => ({
      hour: isoTime(hourMs),
      ...(snakeNames(sums) as object),
    })),
    judged: judged?.days().map(judgedView) ?? [],
    confidence: judged?.bins().map(binView) ?? [],
  };
}

function judgedView({ dayMs, ...rest }: JudgedDay) {
  return { day: isoTime(dayMs), ...(snakeNames(rest) as object) };
}

function binView({ count, confidenceSum, paid }: ConfidenceBin) {
  return {
    count,
    mean: count === 0 ? null : confidenceSum / count,
    paid: count === 0 ? null : paid / count,
  };
}

/** Flows between channels as flows between their peers. */
export function flowsView(
  pairs: readonly PairFlow[],
  peerOf: (node: string, channelId: string) => string,
  days: number,
) {
  const byPeers = new Map<string, ReturnType<typeof flow>>();
  const flow = ({ node, inChannel, outChannel }: PairFlow) => ({
    node,
    in_peer: peerOf(node, inChannel),
    out_peer: peerOf(node, outChannel),
    ...{ count: 0, amount_msat: 0, fees_msat: 0 },
  });
  for (const pair of pairs) {
    const wire = flow(pair);
    const key = `${wire.node}/${wire.in_peer}/${wire.out_peer}`;
    const sum = byPeers.get(key) ?? wire;
    sum.count += pair.count;
    sum.amount_msat += pair.amountMsat;
    sum.fees_msat += pair.feesMsat;
    byPeers.set(key, sum);
  }
  const flows = [...byPeers.values()].sort((a, b) => b.amount_msat - a.amount_msat);
  return { days, flows: flows.slice(0, MOST_FLOWS) };
}

/** A channel's last week. */
export function trailView(points: readonly TrailPoint[]) {
  const orNull = (value: number) => Number.isFinite(value) ? value : null;
  return points.map(({ hourMs, localSat, lowRatio, highRatio }) => ({
    hour: isoTime(hourMs),
    local_balance_sat: orNull(localSat),
    low_ratio: orNull(lowRatio),
    high_ratio: orNull(highRatio),
  }));
}

/** Terms of both sides of a channel. */
export function policiesView({ localPolicy, remotePolicy }: ChannelState) {
  return {
    local_policy: localPolicy === undefined ? null : snakeNames(localPolicy),
    remote_policy: remotePolicy === undefined ? null : snakeNames(remotePolicy),
  };
}

/** Forwards that went in or out by a channel. */
export function forwardsOf(rows: readonly NumberedEvent[], channelId: string) {
  return rows.filter(({ event }) =>
    event.kind === "forward" &&
    [event.forward.inChannel, event.forward.outChannel].includes(channelId)
  ).map(forwardView);
}

/** A graph as columns. */
export function networkView(network: Network) {
  const { nodeIds, aliases, channelIds, source, capacitySat } = network;
  return {
    nodes: nodeIds,
    aliases,
    channels: channelIds,
    ends: [...source],
    capacity_sat: [...capacitySat],
  };
}

/** Errors as they were taken down, thinned evenly. */
export function errorHistoryView(rows: readonly MetricRow[]) {
  const points = new Map<number, { losses: Record<string, number>; coverage: number | null }>();
  for (const { timeMs, name, value } of rows) {
    const point = points.get(timeMs) ?? { losses: {}, coverage: null };
    points.set(timeMs, point);
    if (name.startsWith("losses.")) point.losses[name.slice("losses.".length)] = value;
    if (name === "coverage.online" || (name === "coverage.model" && point.coverage === null)) {
      point.coverage = value;
    }
  }
  const all = [...points].filter(([, { losses }]) => Object.keys(losses).length > 0);
  const step = Math.ceil(all.length / MOST_POINTS);
  return {
    points: all.filter((_, i) => (all.length - 1 - i) % step === 0)
      .map(([timeMs, point]) => ({ time: isoTime(timeMs), ...point })),
  };
}
