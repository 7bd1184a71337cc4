import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import type { Forecaster } from "../learning/mod.ts";
import {
  channelKey,
  FEATURE_NAMES,
  FeatureStream,
  type FeatureTable,
  optimalBalance,
  tableFromSamples,
  takeTableRows,
} from "../liquidity/mod.ts";
import type { ChannelOutlook } from "../planning/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";

/** Channels of a features file as they were at its end. */
export interface LatestRows {
  /** The newest row of each channel, in order of node and channel. */
  table: FeatureTable;
  /** Time of the newest row of all, Unix ms. */
  timeMs: number;
  /** Channels left out because their newest row is more than a horizon older than that. */
  stale: number;
}

/**
 * The newest row of each channel whose capacity and balances are known; a forwarding log alone knows
 * neither.
 */
export function latestRows(table: FeatureTable): LatestRows {
  const newest = new Map<string, number>();
  const width = table.featureNames.length;
  const balances = ["capacity", "local_balance"].map((name) => table.featureNames.indexOf(name));
  for (let row = 0; row < table.rows; row++) {
    if (balances.some((column) => Number.isNaN(table.x[row * width + column]))) continue;
    const key = channelKey(table.nodes[row], table.channelIds[row]);
    const known = newest.get(key);
    if (known === undefined || table.timeMs[known] < table.timeMs[row]) newest.set(key, row);
  }
  const timeMs = [...newest.values()].reduce((t, row) => Math.max(t, table.timeMs[row]), -Infinity);
  const fresh = [...newest]
    .filter(([, row]) => table.timeMs[row] >= timeMs - table.horizonMs)
    .sort(([a], [b]) => a < b ? -1 : 1);
  return {
    table: takeTableRows(table, fresh.map(([, row]) => row)),
    timeMs,
    stale: newest.size - fresh.length,
  };
}

/**
 * What the planner needs to know of each channel, from its features and the model's forecast. A
 * channel watched for less than `minObservedMs` gets no forecast: it is still learning.
 *
 * @returns one outlook a row, in order
 */
export function outlooksFromRows(
  table: FeatureTable,
  forecaster: Forecaster,
  minObservedMs = DAY_MS,
): ChannelOutlook[] {
  const width = table.featureNames.length;
  const columns = new Map(table.featureNames.map((name, index) => [name, index]));
  const value = (row: number, name: string) => table.x[row * width + columns.get(name)!];
  const rows = Array.from({ length: table.rows }, (_, row) => row);
  const capacities = rows.map((row) => value(row, "capacity"));
  const forecasts = forecaster.predict(
    { data: table.x, rows: table.rows, columns: width },
    capacities,
  );
  const earnedIn = earnedByNode(table, value);
  return rows.map((row) => {
    const channel = {
      node: table.nodes[row],
      channelId: table.channelIds[row],
      peer: table.peers[row] || table.channelIds[row],
      capacitySat: capacities[row],
      localBalanceSat: value(row, "local_balance"),
      remoteBalanceSat: value(row, "remote_balance"),
      active: true,
    };
    const observedMs = (value(row, "hours_observed") || 0) * HOUR_MS;
    const forecast = observedMs >= minObservedMs ? forecasts[row] : undefined;
    return {
      channel,
      forecast,
      optimal: forecast && optimalBalance(forecast, channel),
      earnedOutPpm: earnedOut(row, value) ?? earnedIn.get(channel.node) ?? 0,
      earnedInPpm: earnedIn.get(channel.node) ?? 0,
      forwardsSeen: Math.round(value(row, "tx_count") || 0),
      observedMs,
    };
  });
}

/** Features of the channels of outlooks as of the last of the events that they came from, a row each. */
export function rowsAtEnd(
  events: Iterable<LensEvent>,
  outlooks: readonly ChannelOutlook[],
  horizonMs: number,
): FeatureTable {
  const stream = new FeatureStream();
  for (const event of events) stream.update(event);
  const timeMs = stream.lastMs;
  const samples = outlooks.map(({ channel: { node, channelId, peer } }) => ({
    ...{ timeMs, node, channelId, peer },
    vector: stream.vector(channelKey(node, channelId), timeMs),
  }));
  return tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs });
}

type Value = (row: number, name: string) => number;

/** The channel's own fee rate, or what its forwards of the last week paid; ppm. */
function earnedOut(row: number, value: Value): number | undefined {
  const policyPpm = value(row, "local_fee_rate_ppm");
  if (!Number.isNaN(policyPpm)) return policyPpm;
  const outSat = value(row, "out_sat_7d");
  return outSat > 0 ? ppm(value(row, "fees_msat_7d"), outSat) : undefined;
}

/** What all forwards of a node paid in the last week, ppm: stands for each way in. */
function earnedByNode(table: FeatureTable, value: Value): Map<string, number> {
  const sums = new Map<string, { feesMsat: number; outSat: number }>();
  table.nodes.forEach((node, row) => {
    const sum = sums.get(node) ?? { feesMsat: 0, outSat: 0 };
    sum.feesMsat += value(row, "fees_msat_7d") || 0;
    sum.outSat += value(row, "out_sat_7d") || 0;
    sums.set(node, sum);
  });
  return new Map(
    [...sums].map(([node, { feesMsat, outSat }]) => [node, outSat > 0 ? ppm(feesMsat, outSat) : 0]),
  );
}

function ppm(feesMsat: number, amountSat: number): number {
  return feesMsat / (amountSat * 1000) * 1e6;
}
