import { CsvWriter, HOUR_MS, type Progress } from "../core/mod.ts";
import { writeNetworkCsv } from "../network/mod.ts";
import {
  type ChannelState,
  FORWARD_COLUMNS,
  forwardRow,
  type LensEvent,
  SNAPSHOT_COLUMNS,
  snapshotRow,
  TRANSACTION_COLUMNS,
  wireTime,
} from "../protocol/mod.ts";
import type { PaymentResult } from "./traffic/payer.ts";
import type { Simulation } from "./simulation.ts";
import type { Intent } from "./traffic/traffic.ts";
import { TransactionLog } from "./transaction_log.ts";

/** Columns of `data/raw/payments_*.csv`: every payment of the whole network, which no operator sees. */
export const PAYMENT_COLUMNS = [
  "timestamp",
  "sender",
  "receiver",
  "amount_msat",
  "success",
  "fee_msat",
  "attempts",
  "hops",
  "failure_reason",
] as const;

/** Files of one data set. */
export interface DatasetPaths {
  channels: string;
  payments: string;
  forwards: string;
  snapshots: string;
  transactions: string;
}

/** Names of the files of a data set under `dataDir`. */
export function datasetPaths(dataDir: string, stamp: string): DatasetPaths {
  return {
    channels: `${dataDir}/raw/channels_${stamp}.csv`,
    payments: `${dataDir}/raw/payments_${stamp}.csv`,
    forwards: `${dataDir}/raw/forwards_${stamp}.csv`,
    snapshots: `${dataDir}/raw/snapshots_${stamp}.csv`,
    transactions: `${dataDir}/processed/transactions_${stamp}.csv`,
  };
}

/** What {@linkcode writeDataset} needs beside the simulation. */
export interface DatasetOptions {
  paths: DatasetPaths;
  durationMs: number;
  progress: Progress;
  signal?: AbortSignal;
}

/** Rows by file. */
export type DatasetRows = Record<keyof DatasetPaths, number>;

/**
 * Runs a simulation for a while and writes what happened: the graph, all payments, and what its
 * operators saw (forwards, hourly snapshots of channels that changed and a full one a day, and
 * their transactions in the first project's columns). All files appear when all are whole.
 */
export async function writeDataset(
  simulation: Simulation,
  { paths, durationMs, progress, signal }: DatasetOptions,
): Promise<DatasetRows> {
  const writers = {
    payments: await CsvWriter.open(paths.payments, PAYMENT_COLUMNS),
    forwards: await CsvWriter.open(paths.forwards, FORWARD_COLUMNS),
    snapshots: await CsvWriter.open(paths.snapshots, SNAPSHOT_COLUMNS),
    transactions: await CsvWriter.open(paths.transactions, TRANSACTION_COLUMNS),
  };
  try {
    await run(simulation, { writers, durationMs, progress, signal });
    signal?.throwIfAborted();
    await writeNetworkCsv(paths.channels, simulation.network);
    for (const writer of Object.values(writers)) await writer.close();
  } catch (error) {
    for (const writer of Object.values(writers)) await writer.abort();
    throw error;
  }
  return {
    channels: simulation.network.channelCount,
    payments: writers.payments.count,
    forwards: writers.forwards.count,
    snapshots: writers.snapshots.count,
    transactions: writers.transactions.count,
  };
}

type Writers = Record<Exclude<keyof DatasetPaths, "channels">, CsvWriter>;

async function run(
  simulation: Simulation,
  { writers, durationMs, progress, signal }: Omit<DatasetOptions, "paths"> & { writers: Writers },
): Promise<void> {
  const startMs = simulation.nowMs;
  const rows: [CsvWriter, Record<string, unknown>][] = [];
  const log = new TransactionLog(simulation.channelStates());
  const changed = new Map<string, ChannelState>();
  let hops: number | undefined;
  simulation.onPayment = (intent, result) => {
    hops = result.routes[0]?.directions.length;
    rows.push([writers.payments, paymentRow(simulation, intent, result)]);
  };
  simulation.onEvent = (event: LensEvent) => {
    if (event.kind === "forward") {
      rows.push([writers.forwards, forwardRow(event.timeMs, event.forward)]);
    }
    if (event.kind === "channel_state") {
      changed.set(`${event.channel.node} ${event.channel.channelId}`, event.channel);
    }
    for (const row of log.take(event, hops)) rows.push([writers.transactions, row]);
  };
  for (let hour = 0; hour <= Math.ceil(durationMs / HOUR_MS); hour++) {
    const atMs = startMs + Math.min(durationMs, hour * HOUR_MS);
    signal?.throwIfAborted();
    simulation.runUntil(atMs);
    const full = hour % 24 === 0;
    for (const state of full ? simulation.channelStates() : changed.values()) {
      rows.push([writers.snapshots, snapshotRow(atMs, state)]);
    }
    changed.clear();
    for (const [writer, row] of rows.splice(0)) await writer.write(row);
    progress.update(hour);
  }
  for (const row of log.finish()) await writers.transactions.write(row);
}

/** A payment as a row of {@linkcode PAYMENT_COLUMNS}. */
export function paymentRow(
  { network }: Simulation,
  intent: Intent,
  result: PaymentResult,
): Record<string, unknown> {
  return {
    timestamp: wireTime(intent.timeMs),
    sender: network.nodeIds[intent.sender],
    receiver: network.nodeIds[intent.receiver],
    amount_msat: intent.amountMsat,
    success: result.success,
    fee_msat: result.feeMsat,
    attempts: result.attempts,
    hops: result.routes[0]?.directions.length,
    failure_reason: result.success ? undefined : result.failureReason,
  };
}
