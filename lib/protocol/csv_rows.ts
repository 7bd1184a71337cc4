/** The CSV files that are read and written, by their columns. Header names decide, not their order. */
import { InputError, satToMsat } from "../core/mod.ts";
import { z } from "zod";
import type { ChannelState, Forward, LensEvent } from "./events.ts";
import { forwardOutcomeSchema } from "./events.ts";
import { idSchema, parseWith, timestampSchema, wireTime } from "./parse.ts";

const wholeText = z.string().regex(/^\d{1,16}$/, "expected a whole number, 0 or more")
  .transform(Number);
const optionalWhole = z.union([wholeText, z.literal("").transform(() => undefined)]).optional();
const booleanText = z.stringbool({ truthy: ["true", "1", "yes"], falsy: ["false", "0", "no"] });

/** Columns of `data/raw/forwards_*.csv`. */
export const FORWARD_COLUMNS = [
  "timestamp",
  "node",
  "in_channel",
  "out_channel",
  "in_amount_msat",
  "out_amount_msat",
  "fee_msat",
  "outcome",
  "failure_reason",
] as const;

/** Columns of `data/raw/snapshots_*.csv`: the channels of the observed nodes at moments in time. */
export const SNAPSHOT_COLUMNS = [
  "timestamp",
  "node",
  "channel_id",
  "peer",
  "capacity_sat",
  "local_balance_sat",
  "remote_balance_sat",
  "active",
  "local_base_fee_msat",
  "local_fee_rate_ppm",
  "remote_base_fee_msat",
  "remote_fee_rate_ppm",
] as const;

/** Columns of the first project's transaction files (`data/processed/transactions_*.csv`). */
export const TRANSACTION_COLUMNS = [
  "timestamp",
  "type",
  "sender",
  "receiver",
  "amount",
  "fee",
  "route_length",
  "success",
  "payment_hash",
  "description",
  "duration_ms",
  "channel_before",
  "channel_after",
  "sender_balance_before",
  "sender_balance_after",
  "receiver_balance_before",
  "receiver_balance_after",
] as const;

const forwardRowSchema = z.object({
  timestamp: timestampSchema,
  node: idSchema,
  in_channel: idSchema,
  out_channel: idSchema,
  in_amount_msat: wholeText,
  out_amount_msat: wholeText,
  outcome: forwardOutcomeSchema,
  failure_reason: z.string().optional(),
});

/** @throws {InputError} with file, line and field */
export function forwardFromRow(
  row: Record<string, string>,
  place: { file: string; line: number },
): LensEvent {
  const r = parseWith(forwardRowSchema, row, place);
  if (r.out_amount_msat > r.in_amount_msat) {
    throw new InputError({
      ...place,
      field: "out_amount_msat",
      found: r.out_amount_msat,
      expected: `no more than in_amount_msat (${r.in_amount_msat})`,
    });
  }
  return {
    kind: "forward",
    timeMs: r.timestamp,
    forward: {
      node: r.node,
      inChannel: r.in_channel,
      outChannel: r.out_channel,
      inAmountMsat: r.in_amount_msat,
      outAmountMsat: r.out_amount_msat,
      outcome: r.outcome,
      failureReason: r.failure_reason || undefined,
    },
  };
}

/** The row of a forward. */
export function forwardRow(timeMs: number, f: Forward): Record<string, unknown> {
  return {
    timestamp: wireTime(timeMs),
    node: f.node,
    in_channel: f.inChannel,
    out_channel: f.outChannel,
    in_amount_msat: f.inAmountMsat,
    out_amount_msat: f.outAmountMsat,
    fee_msat: f.inAmountMsat - f.outAmountMsat,
    outcome: f.outcome,
    failure_reason: f.failureReason,
  };
}

const snapshotRowSchema = z.object({
  timestamp: timestampSchema,
  node: idSchema,
  channel_id: idSchema,
  peer: idSchema,
  capacity_sat: wholeText,
  local_balance_sat: wholeText,
  remote_balance_sat: wholeText,
  active: booleanText.optional(),
  local_base_fee_msat: optionalWhole,
  local_fee_rate_ppm: optionalWhole,
  remote_base_fee_msat: optionalWhole,
  remote_fee_rate_ppm: optionalWhole,
});

/** @throws {InputError} with file, line and field */
export function snapshotFromRow(
  row: Record<string, string>,
  place: { file: string; line: number },
): LensEvent {
  const r = parseWith(snapshotRowSchema, row, place);
  if (r.capacity_sat === 0) {
    throw new InputError({ ...place, field: "capacity_sat", found: 0, expected: "1 or more" });
  }
  if (r.local_balance_sat + r.remote_balance_sat > r.capacity_sat) {
    throw new InputError({
      ...place,
      field: "local_balance_sat",
      found: r.local_balance_sat,
      expected: `local and remote balance within the capacity (${r.capacity_sat})`,
    });
  }
  const policy = (baseFeeMsat?: number, feeRatePpm?: number) =>
    feeRatePpm === undefined ? undefined : {
      baseFeeMsat: baseFeeMsat ?? 0,
      feeRatePpm,
      cltvDelta: 80,
      minHtlcMsat: 1,
      maxHtlcMsat: satToMsat(r.capacity_sat),
      disabled: false,
    };
  return {
    kind: "channel_state",
    timeMs: r.timestamp,
    channel: {
      node: r.node,
      channelId: r.channel_id,
      peer: r.peer,
      capacitySat: r.capacity_sat,
      localBalanceSat: r.local_balance_sat,
      remoteBalanceSat: r.remote_balance_sat,
      active: r.active ?? true,
      localPolicy: policy(r.local_base_fee_msat, r.local_fee_rate_ppm),
      remotePolicy: policy(r.remote_base_fee_msat, r.remote_fee_rate_ppm),
    },
  };
}

/** The row of a channel at a moment. */
export function snapshotRow(timeMs: number, c: ChannelState): Record<string, unknown> {
  return {
    timestamp: wireTime(timeMs),
    node: c.node,
    channel_id: c.channelId,
    peer: c.peer,
    capacity_sat: c.capacitySat,
    local_balance_sat: c.localBalanceSat,
    remote_balance_sat: c.remoteBalanceSat,
    active: c.active,
    local_base_fee_msat: c.localPolicy?.baseFeeMsat,
    local_fee_rate_ppm: c.localPolicy?.feeRatePpm,
    remote_base_fee_msat: c.remotePolicy?.baseFeeMsat,
    remote_fee_rate_ppm: c.remotePolicy?.feeRatePpm,
  };
}
