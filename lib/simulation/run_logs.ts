import { CsvWriter } from "../core/mod.ts";
import { wireTime } from "../protocol/mod.ts";
import { PAYMENT_COLUMNS, paymentRow } from "./dataset.ts";
import type { HopOutcome } from "./htlc/machine.ts";
import type { Simulation } from "./simulation.ts";

/** Columns of a log of hops: one row for each HTLC that a node forwarded or was to forward. */
export const HOP_COLUMNS = [
  "timestamp",
  "payment",
  "node",
  "in_channel",
  "out_channel",
  "in_amount_msat",
  "out_amount_msat",
  "outcome",
  "failure_reason",
  "took_ms",
] as const;

/** Files to write, compressed where their names end in `.gz`; what is left out is not written. */
export interface RunLogPaths {
  payments?: string;
  hops?: string;
}

/** Rows kept before they are written. */
const ROWS_AT_ONCE = 1000;

/**
 * Logs of a run as CSV: every payment of the network, and every hop of every attempt, probes and
 * rebalances included (their `payment` is empty). Files appear when they are closed. Whoever
 * listened to the simulation before still does.
 */
export class RunLogs {
  readonly #writers: CsvWriter[];
  #rows: [CsvWriter, Record<string, unknown>][] = [];
  #written: Promise<void> = Promise.resolve();

  private constructor(simulation: Simulation, payments?: CsvWriter, hops?: CsvWriter) {
    this.#writers = [payments, hops].filter((writer) => writer !== undefined);
    if (payments !== undefined) {
      const { onPayment } = simulation;
      simulation.onPayment = (intent, result) => {
        onPayment(intent, result);
        this.#push(payments, paymentRow(simulation, intent, result));
      };
    }
    if (hops !== undefined) {
      const { onHop } = simulation;
      simulation.onHop = (hop) => {
        onHop?.(hop);
        this.#push(hops, hopRow(simulation, hop));
      };
    }
  }

  /** Opens the files and begins to listen. */
  static async open(simulation: Simulation, paths: RunLogPaths): Promise<RunLogs> {
    const payments = paths.payments === undefined
      ? undefined
      : await CsvWriter.open(paths.payments, PAYMENT_COLUMNS);
    const hops = paths.hops === undefined
      ? undefined
      : await CsvWriter.open(paths.hops, HOP_COLUMNS);
    return new RunLogs(simulation, payments, hops);
  }

  #push(writer: CsvWriter, row: Record<string, unknown>): void {
    this.#rows.push([writer, row]);
    if (this.#rows.length >= ROWS_AT_ONCE) this.#flush();
  }

  #flush(): void {
    const rows = this.#rows;
    this.#rows = [];
    this.#written = this.#written.then(async () => {
      for (const [writer, row] of rows) await writer.write(row);
    });
  }

  /** Resolves when all that came so far is written: for runs that are faster than the disk. */
  async written(): Promise<void> {
    this.#flush();
    await this.#written;
  }

  /** Puts the files in place. */
  async close(): Promise<void> {
    await this.written();
    for (const writer of this.#writers) await writer.close();
  }

  /** Leaves no file. */
  async abort(): Promise<void> {
    await this.#written.catch(() => {});
    for (const writer of this.#writers) await writer.abort();
  }
}

function hopRow({ network, nowMs }: Simulation, hop: HopOutcome): Record<string, unknown> {
  return {
    timestamp: wireTime(nowMs),
    payment: hop.payment,
    node: network.nodeIds[hop.node],
    in_channel: network.channelIds[hop.inDirection >> 1],
    out_channel: network.channelIds[hop.outDirection >> 1],
    in_amount_msat: hop.inAmountMsat,
    out_amount_msat: hop.outAmountMsat,
    outcome: hop.outcome,
    failure_reason: hop.failureReason,
    took_ms: hop.tookMs,
  };
}
