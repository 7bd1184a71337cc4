import { InputError, type InputPlace, parseIsoTime, SECOND_MS } from "../core/mod.ts";
import { type LensEvent, parseWith } from "../protocol/mod.ts";
import { z } from "zod";
import { LACK_OF_BALANCE } from "./demand.ts";

// Exports of data frames write whole numbers with a fraction of zero.
const whole = z.string().regex(/^\d{1,16}(\.0+)?$/, "expected a whole number, 0 or more")
  .transform(Number);
const optionalWhole = z.union([whole, z.literal("").transform(() => undefined)]).optional();

const rowSchema = z.object({
  in_channel: z.string(),
  out_channel: z.string(),
  in_msat: whole,
  out_msat: optionalWhole,
  fee_msat: optionalWhole,
  status: z.enum(["settled", "failed", "local_failed", ""]).optional(),
  fail_reason: z.string().optional(),
  node: z.string().optional(),
});

/** Columns without which a file is no forwarding log. */
export const ROUTING_LOG_REQUIRED = ["in_channel", "out_channel", "in_msat", "out_msat"] as const;

/** Owner of the channels of a log that does not name it. */
export const UNNAMED_NODE = "self";

/** The failure that a node without enough balance in the next channel answers with. */
const NO_BALANCE_REASON = "WIRE_TEMPORARY_CHANNEL_FAILURE";

/**
 * A row of a routing node's own forwarding log: time in Unix seconds or ISO 8601 under `timestamp`
 * or `received_time`, amounts in msat, `status` settled, failed (further on) or local_failed.
 * A channel that the log does not know is an empty name.
 *
 * @throws {InputError} with file, line and field
 */
export function routingLogEvent(row: Record<string, string>, place: InputPlace): LensEvent {
  const r = parseWith(rowSchema, row, place);
  const feeMsat = r.fee_msat ?? (r.out_msat === undefined ? 0 : r.in_msat - r.out_msat);
  const outAmountMsat = r.out_msat ?? r.in_msat - feeMsat;
  if (outAmountMsat > r.in_msat || outAmountMsat < 0) {
    throw new InputError({
      ...place,
      field: "out_msat",
      found: row.out_msat,
      expected: `no more than in_msat (${r.in_msat})`,
    });
  }
  if (r.fee_msat !== undefined && r.in_msat - outAmountMsat !== r.fee_msat) {
    throw new InputError({
      ...place,
      field: "fee_msat",
      found: row.fee_msat,
      expected: `in_msat less out_msat (${r.in_msat - outAmountMsat})`,
    });
  }
  const settled = !r.status || r.status === "settled";
  const lacking = r.status === "local_failed" &&
    (!r.fail_reason || r.fail_reason === NO_BALANCE_REASON);
  return {
    kind: "forward",
    timeMs: logTime(row, place),
    forward: {
      node: r.node || UNNAMED_NODE,
      inChannel: r.in_channel,
      outChannel: r.out_channel,
      inAmountMsat: r.in_msat,
      outAmountMsat,
      outcome: settled ? "settled" : r.status === "failed" ? "failed_downstream" : "failed_here",
      failureReason: lacking ? LACK_OF_BALANCE : r.fail_reason?.toLowerCase() || undefined,
    },
  };
}

/** Name of the column that holds the time. */
export function logTimeColumn(row: Record<string, string>): "timestamp" | "received_time" {
  return "timestamp" in row ? "timestamp" : "received_time";
}

function logTime(row: Record<string, string>, place: InputPlace): number {
  const field = logTimeColumn(row);
  const text = row[field] ?? "";
  const timeMs = /^\d{9,11}(\.\d+)?$/.test(text)
    ? Math.round(Number(text) * SECOND_MS)
    : parseIsoTime(text);
  if (timeMs === undefined) {
    throw new InputError({
      ...place,
      field,
      found: text,
      expected: "Unix seconds or an ISO 8601 time",
    });
  }
  return timeMs;
}
