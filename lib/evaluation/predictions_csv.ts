import { CsvWriter, HOUR_MS, isoTime } from "../core/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { type Analysis, type AnalyzedChannel, balanceRatio } from "./analysis.ts";

const needColumns = (side: string) =>
  QUANTILE_LEVELS.map((level) => `${side}_need_q${Math.round(level * 100)}_sat`);

/** Columns of `data/predictions/predictions_*.csv`. Ratios and chances are 0 to 1. */
export const PREDICTION_COLUMNS: readonly string[] = [
  ...["timestamp", "node", "channel_id", "peer"],
  ...["capacity_sat", "local_balance_sat", "remote_balance_sat", "balance_ratio"],
  ...["side", "optimal_ratio", "optimal_low", "optimal_high", "confidence"],
  ...["p_short_outbound", "p_short_inbound"],
  ...needColumns("outbound"),
  ...needColumns("inbound"),
  ...["horizon_hours", "fees_at_stake_msat"],
  ...["decision", "reason", "suggestion_id", "amount_sat", "suggestion_confidence"],
  ...["expected_gain_msat", "expected_fee_msat", "fee_limit_msat", "model"],
];

/** The row of one channel; what is unknown stays empty. */
export function predictionRow(
  channel: AnalyzedChannel,
  { horizonMs, modelId }: { horizonMs: number; modelId: string },
): Record<string, unknown> {
  const { channel: state, forecast, optimal } = channel.outlook;
  const { suggestion } = channel;
  const needs = (side: "outbound" | "inbound") =>
    Object.fromEntries(
      needColumns(side).map((column, i) => [
        column,
        cell((side === "outbound" ? forecast?.outboundNeed : forecast?.inboundNeed)?.sat[i], 0),
      ]),
    );
  return {
    timestamp: isoTime(channel.timeMs),
    node: state.node,
    channel_id: state.channelId,
    peer: state.peer,
    capacity_sat: state.capacitySat,
    local_balance_sat: state.localBalanceSat,
    remote_balance_sat: state.remoteBalanceSat,
    balance_ratio: cell(balanceRatio(channel)),
    side: channel.side,
    optimal_ratio: cell(optimal?.optimalRatio),
    optimal_low: cell(optimal?.lowRatio),
    optimal_high: cell(optimal?.highRatio),
    confidence: cell(channel.confidence),
    p_short_outbound: cell(optimal?.shortOutbound),
    p_short_inbound: cell(optimal?.shortInbound),
    ...needs("outbound"),
    ...needs("inbound"),
    horizon_hours: horizonMs / HOUR_MS,
    fees_at_stake_msat: cell(forecast?.feesAtStakeMsat, 0),
    decision: channel.decision.code,
    reason: channel.decision.reason,
    suggestion_id: channel.decision.suggestionId,
    amount_sat: suggestion && suggestion.amountMsat / 1000,
    suggestion_confidence: cell(suggestion?.confidence),
    expected_gain_msat: suggestion?.expectedGainMsat,
    expected_fee_msat: suggestion?.expectedFeeMsat,
    fee_limit_msat: suggestion?.feeLimitMsat,
    model: modelId,
  };
}

function cell(value: number | undefined, digits = 4): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits));
}

/** Writes the file whole or not at all; returns the number of rows. */
export async function writePredictions(
  path: string,
  { channels, horizonMs }: Analysis,
  modelId: string,
): Promise<number> {
  const writer = await CsvWriter.open(path, PREDICTION_COLUMNS);
  try {
    for (const channel of channels) {
      await writer.write(predictionRow(channel, { horizonMs, modelId }));
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return writer.count;
}
