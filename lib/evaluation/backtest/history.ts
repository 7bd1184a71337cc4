import { DAY_MS } from "../../core/mod.ts";
import {
  channelKey,
  FEATURE_NAMES,
  type FeatureSample,
  type FeatureTable,
  SampleCollector,
  tableFromSamples,
} from "../../liquidity/mod.ts";
import type { ForwardEvent, ForwardsLog } from "./forwards_log.ts";

/** A stretch of time without any forward. */
export interface HistoryGap {
  fromMs: number;
  toMs: number;
}

/** What a history holds, and what is odd about it. */
export interface HistoryFacts {
  firstMs: number;
  lastMs: number;
  forwards: number;
  settled: number;
  /** Failed here for lack of balance: demand that was not served. */
  unserved: number;
  /** Of the failed ones, those that repeat one just before. */
  retries: number;
  channels: number;
  feesMsat: number;
  settledMsat: number;
  /** Silences of more than {@linkcode GAP_MS}, longest first. */
  gaps: HistoryGap[];
  /** Channels that forward but that the file of capacities does not name. */
  withoutCapacity: string[];
}

/** Silence that counts as a gap: the node may have been off, or the log be incomplete. */
export const GAP_MS = 3 * DAY_MS;

/** The samples of a history, with labels at all horizons, and what it holds. */
export interface History {
  table: FeatureTable;
  facts: HistoryFacts;
  events: readonly ForwardEvent[];
}

/**
 * Samples every channel every fourth hour, as `features` does.
 *
 * @param horizonsMs the first is the main one
 * @param capacitiesSat by channel id, where known
 */
export function historyOf(
  log: ForwardsLog,
  horizonsMs: readonly number[],
  capacitiesSat?: ReadonlyMap<string, number>,
): History {
  const samples: FeatureSample[] = [];
  const [horizonMs, ...furtherHorizonsMs] = horizonsMs;
  const collector = new SampleCollector((sample) => samples.push(sample), {
    horizonMs,
    furtherHorizonsMs,
    tell: "complete",
    flowsFrom: "forwards",
    gapMs: GAP_MS,
  });
  for (const event of log.events) collector.ingest(event);
  collector.finish();
  samples.sort((a, b) => a.timeMs - b.timeMs || (a.channelId < b.channelId ? -1 : 1));
  const table = tableFromSamples(samples, { featureNames: FEATURE_NAMES, horizonMs });
  const facts = factsOf(log.events, capacitiesSat, collector.stream.counts.retries);
  return { table, facts, events: log.events };
}

function factsOf(
  events: readonly ForwardEvent[],
  capacitiesSat: ReadonlyMap<string, number> | undefined,
  retries: number,
): HistoryFacts {
  const channels = new Set<string>();
  const gaps: HistoryGap[] = [];
  let [settled, unserved, feesMsat, settledMsat] = [0, 0, 0, 0];
  let lastMs = events[0].timeMs;
  for (const { timeMs, forward } of events) {
    for (const id of [forward.inChannel, forward.outChannel]) if (id !== "") channels.add(id);
    if (timeMs - lastMs > GAP_MS) gaps.push({ fromMs: lastMs, toMs: timeMs });
    lastMs = timeMs;
    if (forward.outcome === "settled") {
      settled++;
      feesMsat += forward.inAmountMsat - forward.outAmountMsat;
      settledMsat += forward.outAmountMsat;
    } else if (forward.failureReason === "insufficient_balance") unserved++;
  }
  return {
    firstMs: events[0].timeMs,
    lastMs,
    forwards: events.length,
    settled,
    unserved,
    retries,
    channels: channels.size,
    feesMsat,
    settledMsat,
    gaps: gaps.sort((a, b) => (b.toMs - b.fromMs) - (a.toMs - a.fromMs)),
    withoutCapacity: capacitiesSat === undefined
      ? []
      : [...channels].filter((id) => !capacitiesSat.has(id)).sort(),
  };
}

/** Rows of a table by channel, each in order of time. */
export function rowsByChannel(table: FeatureTable): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const key = channelKey(table.nodes[row], table.channelIds[row]);
    const list = rows.get(key);
    if (list === undefined) rows.set(key, [row]);
    else list.push(row);
  }
  return rows;
}
