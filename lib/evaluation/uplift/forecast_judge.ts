import { ScoreKeeper } from "../../learning/mod.ts";
import { type DemandForecast, labelWindow } from "../../liquidity/mod.ts";
import type { ChannelState } from "../../protocol/mod.ts";
import { flowsOf, type NodeView } from "./node_view.ts";

/** What was forecast for a channel at a moment. */
export interface ForecastAt {
  timeMs: number;
  channel: ChannelState;
  forecast: DemandForecast;
}

/** How good a run's forecasts were; null where there is nothing to judge. */
export interface ForecastRecord {
  windows: number;
  /** Share of needs within the 80 % interval where that does not start at nothing. */
  coverage: number | null;
  /** The same over all windows. */
  coverageAll: number | null;
  pinballSat: number | null;
}

/** Judges forecasts by what was then attempted; those whose horizon had not passed are left out. */
export function judgeForecasts(
  forecasts: readonly ForecastAt[],
  viewOf: (node: string) => NodeView,
  endMs: number,
): ForecastRecord | null {
  const scores = new ScoreKeeper();
  for (const { timeMs, channel, forecast } of forecasts) {
    const untilMs = timeMs + forecast.horizonMs;
    if (untilMs > endMs) continue;
    const { capacitySat } = channel;
    const wishes = viewOf(channel.node).wishes(channel.channelId, timeMs, untilMs);
    const label = labelWindow(flowsOf(wishes, channel.channelId), capacitySat);
    // What no balance could meet is not what is forecast.
    scores.add({
      outboundNeedSat: Math.min(capacitySat, label.outboundNeedSat),
      inboundNeedSat: Math.min(capacitySat, label.inboundNeedSat),
      feesAtStakeMsat: label.feesAtStakeMsat,
    }, forecast);
  }
  const { rows, coverage, coverageActive, pinballSat } = scores.score();
  if (rows === 0) return null;
  const known = (value: number) => Number.isNaN(value) ? null : value;
  return { windows: rows, coverage: known(coverageActive), coverageAll: coverage, pinballSat };
}
