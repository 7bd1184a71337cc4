import {
  type ChannelBalance,
  distanceFromOptimal,
  type ShortSide,
  shortSide,
} from "./channel_balance.ts";
import { optimalRows } from "./optimal_rows.ts";
import { optimalScatter } from "./optimal_scatter.ts";
import type { ChartSpec } from "./spec.ts";
import { counted, wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Up to so many channels get a row each; more are drawn as a cloud of points. */
export const MOST_ROWS = 60;

/**
 * Today's balance ratio of each channel against its optimal interval: a row a channel, or a scatter
 * plot where there are more than {@linkcode MOST_ROWS}.
 *
 * @param channels in any order
 */
export function optimalVsCurrent(
  channels: readonly ChannelBalance[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const summary = summarize(channels);
  return channels.length <= MOST_ROWS
    ? optimalRows(channels, summary, style)
    : optimalScatter(channels, summary, style);
}

function summarize(channels: readonly ChannelBalance[]): string {
  if (channels.length === 0) return "No channels yet.";
  const counts: Record<ShortSide, number> = { outbound: 0, inbound: 0, none: 0, unknown: 0 };
  for (const channel of channels) counts[shortSide(channel)]++;
  if (counts.unknown === channels.length) {
    return `All ${
      counted(channels.length, "channel")
    } are still learning: no optimal interval yet.`;
  }
  const worst = channels.reduce((a, b) => distanceFromOptimal(b) > distanceFromOptimal(a) ? b : a);
  const parts = [
    `${counts.none} of ${counted(channels.length, "channel")} within the optimal interval`,
    `${counts.outbound} short of outbound liquidity`,
    `${counts.inbound} short of inbound liquidity`,
  ];
  if (counts.unknown > 0) parts.push(`${counts.unknown} still learning`);
  const distance = distanceFromOptimal(worst);
  return parts.join(", ") +
    (distance > 0 ? `; the farthest is ${wholePercent(distance)} of its capacity off.` : ".");
}
