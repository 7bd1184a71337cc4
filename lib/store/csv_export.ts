import { CsvWriter, fileStamp, MSAT_PER_SAT, SECOND_MS } from "../core/mod.ts";
import {
  FORWARD_COLUMNS,
  forwardRow,
  type LensEvent,
  SNAPSHOT_COLUMNS,
  snapshotRow,
  type Transaction,
  TRANSACTION_COLUMNS,
  wireTime,
} from "../protocol/mod.ts";
import { join } from "node:path";
import type { PredictionRow, Store } from "./types.ts";

/** Columns of `data/predictions/predictions_*.csv`. */
export const PREDICTION_COLUMNS = [
  "timestamp",
  "node",
  "channel_id",
  "balance_ratio",
  "optimal_ratio",
  "low_ratio",
  "high_ratio",
  "short_outbound",
  "short_inbound",
  "fees_at_stake_msat",
  "model",
] as const;

/** Columns of `data/metrics/metrics_*.csv`. */
export const METRIC_COLUMNS = ["timestamp", "name", "value"] as const;

/** Folder, name and columns of each kind of file. */
const FILES = {
  transactions: ["processed", "transactions", TRANSACTION_COLUMNS],
  forwards: ["raw", "forwards", FORWARD_COLUMNS],
  snapshots: ["raw", "snapshots", SNAPSHOT_COLUMNS],
  channels: ["raw", "channels", SNAPSHOT_COLUMNS],
  predictions: ["predictions", "predictions", PREDICTION_COLUMNS],
  metrics: ["metrics", "metrics", METRIC_COLUMNS],
} as const;
type Kind = keyof typeof FILES;

/** One file that an export wrote. */
export interface ExportedFile {
  path: string;
  rows: number;
}

/**
 * Writes what is new since the last export as CSV: transactions, forwards, snapshots of channels,
 * predictions and metrics; and all channels as they are now. Kinds without rows get no file. All
 * files of one export share a stamp. Should the program end between the files and the note of how
 * far they reach, the next export holds the same rows again; none is left out.
 *
 * @param options.folder the data folder
 * @param options.timeMs stamp of the files; moved on by whole seconds where files have it already
 */
export async function exportCsv(
  store: Store,
  options: { folder: string; timeMs: number },
): Promise<ExportedFile[]> {
  const files = new ExportFiles(options.folder, await freeStamp(options.folder, options.timeMs));
  const [seq, predictedMs, measuredMs] = await Promise.all([
    store.note("exported_seq"),
    store.note("exported_predictions_ms"),
    store.note("exported_metrics_ms"),
  ]);
  try {
    let last = seq ?? 0;
    for await (const { firstSeq, events } of store.replay(last)) {
      for (const event of events) await writeEvent(files, event);
      last = firstSeq + events.length - 1;
    }
    if (last > (seq ?? 0)) {
      for (const { timeMs, channel } of await store.channels()) {
        await files.write("channels", snapshotRow(timeMs, channel));
      }
    }
    const predictions = await store.predictions((predictedMs ?? -1) + 1);
    for (const row of predictions) await files.write("predictions", predictionRow(row));
    const metrics = await store.metrics((measuredMs ?? -1) + 1);
    for (const { timeMs, name, value } of metrics) {
      await files.write("metrics", { timestamp: wireTime(timeMs), name, value });
    }
    const written = await files.close();
    await store.setNote("exported_seq", last);
    const newestPrediction = predictions.at(-1), newestMetric = metrics.at(-1);
    if (newestPrediction) await store.setNote("exported_predictions_ms", newestPrediction.timeMs);
    if (newestMetric) await store.setNote("exported_metrics_ms", newestMetric.timeMs);
    return written;
  } catch (error) {
    await files.abort();
    throw error;
  }
}

class ExportFiles {
  #writers = new Map<Kind, CsvWriter>();
  constructor(readonly folder: string, readonly stamp: string) {}

  async write(kind: Kind, row: Record<string, unknown>): Promise<void> {
    let writer = this.#writers.get(kind);
    if (writer === undefined) {
      writer = await CsvWriter.open(filePath(this.folder, kind, this.stamp), FILES[kind][2]);
      this.#writers.set(kind, writer);
    }
    await writer.write(row);
  }

  async close(): Promise<ExportedFile[]> {
    for (const writer of this.#writers.values()) await writer.close();
    return [...this.#writers.values()].map((w) => ({ path: w.file.path, rows: w.count }));
  }

  async abort(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.abort();
  }
}

function filePath(folder: string, kind: Kind, stamp: string): string {
  const [subfolder, name] = FILES[kind];
  return join(folder, subfolder, `${name}_${stamp}.csv`);
}

async function freeStamp(folder: string, timeMs: number): Promise<string> {
  for (let t = timeMs;; t += SECOND_MS) {
    const stamp = fileStamp(t);
    const taken = await Promise.all(
      (Object.keys(FILES) as Kind[]).map((kind) => exists(filePath(folder, kind, stamp))),
    );
    if (!taken.includes(true)) return stamp;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function writeEvent(files: ExportFiles, event: LensEvent): Promise<void> {
  switch (event.kind) {
    case "channel_state":
      return await files.write("snapshots", snapshotRow(event.timeMs, event.channel));
    case "forward":
      return await files.write("forwards", forwardRow(event.timeMs, event.forward));
    case "transaction":
      return await files.write("transactions", transactionRow(event.timeMs, event.transaction));
    case "rebalance":
      for (const channel of event.rebalance.channels) {
        await files.write("snapshots", snapshotRow(event.timeMs, channel));
      }
      return await files.write(
        "transactions",
        transactionRow(event.timeMs, {
          id: event.rebalance.id,
          sender: event.rebalance.node,
          receiver: event.rebalance.node,
          amountMsat: event.rebalance.amountMsat,
          feeMsat: event.rebalance.feeMsat,
          success: event.rebalance.status === "applied",
          failureReason: event.rebalance.reason,
          transactionType: "rebalance",
        }),
      );
  }
}

function transactionRow(timeMs: number, t: Transaction): Record<string, unknown> {
  return {
    timestamp: wireTime(timeMs),
    type: t.transactionType,
    sender: t.sender,
    receiver: t.receiver,
    amount: t.amountMsat / MSAT_PER_SAT,
    fee: t.feeMsat === undefined ? undefined : t.feeMsat / MSAT_PER_SAT,
    success: t.success,
    payment_hash: t.id,
    description: t.failureReason,
    duration_ms: t.durationMs,
  };
}

function predictionRow(row: PredictionRow): Record<string, unknown> {
  return {
    timestamp: wireTime(row.timeMs),
    node: row.node,
    channel_id: row.channelId,
    balance_ratio: row.balanceRatio,
    optimal_ratio: row.optimalRatio,
    low_ratio: row.lowRatio,
    high_ratio: row.highRatio,
    short_outbound: row.shortOutbound,
    short_inbound: row.shortInbound,
    fees_at_stake_msat: row.feesAtStakeMsat,
    model: row.modelId,
  };
}
