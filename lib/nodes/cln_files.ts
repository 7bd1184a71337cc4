import { z } from "zod";
import { type InputPlace, msatToSat, SECOND_MS } from "../core/mod.ts";
import { parseWith, type Policy } from "../protocol/mod.ts";
import type { NodeChannel, NodeForward } from "./types.ts";

/** Millisatoshis: a number, or a text such as `1000msat` as older versions have it. */
const msat = z.union([
  z.int("expected msat"),
  z.string().regex(/^\d{1,16}(msat)?$/, "expected msat").transform((text) => parseInt(text)),
]);

const termsSchema = z.object({
  fee_base_msat: msat,
  fee_proportional_millionths: z.int(),
  cltv_expiry_delta: z.int().default(0),
  htlc_minimum_msat: msat.default(0),
  htlc_maximum_msat: msat.optional(),
});

const channelsSchema = z.object({
  channels: z.array(z.object({
    peer_id: z.string(),
    peer_connected: z.boolean().default(false),
    state: z.string(),
    short_channel_id: z.string().optional(),
    funding_txid: z.string().default(""),
    funding_outnum: z.int().default(0),
    private: z.boolean().default(false),
    to_us_msat: msat.default(0),
    total_msat: msat.default(0),
    our_reserve_msat: msat.default(0),
    their_reserve_msat: msat.default(0),
    updates: z.object({ local: termsSchema.optional(), remote: termsSchema.optional() }).default(
      {},
    ),
    htlcs: z.array(z.object({
      amount_msat: msat.default(0),
      expiry: z.int().default(0),
      direction: z.string().default(""),
    })).default([]),
  })),
});

type ClnChannel = z.output<typeof channelsSchema>["channels"][number];

/** The output of Core Lightning's `listpeerchannels`: the channels that are open. */
export function channelsFromCln(value: unknown, place: InputPlace): NodeChannel[] {
  return parseWith(channelsSchema, value, place).channels
    .filter((c) => c.short_channel_id !== undefined && c.state === "CHANNELD_NORMAL")
    .map(channelOf);
}

function channelOf(c: ClnChannel): NodeChannel {
  const heights = c.htlcs.map(({ expiry }) => expiry);
  const sum = (direction: string) =>
    c.htlcs.filter((htlc) => htlc.direction === direction)
      .reduce((total, { amount_msat }) => total + amount_msat, 0);
  const capacitySat = msatToSat(c.total_msat);
  return {
    channelId: c.short_channel_id!,
    channelPoint: `${c.funding_txid}:${c.funding_outnum}`,
    peer: c.peer_id,
    capacitySat,
    localBalanceSat: msatToSat(Math.max(0, c.to_us_msat - sum("out"))),
    remoteBalanceSat: msatToSat(Math.max(0, c.total_msat - c.to_us_msat - sum("in"))),
    localReserveSat: msatToSat(c.our_reserve_msat),
    remoteReserveSat: msatToSat(c.their_reserve_msat),
    pendingHtlcs: heights.length,
    nextExpiryHeight: heights.length === 0 ? undefined : Math.min(...heights),
    active: c.peer_connected,
    private: c.private,
    localPolicy: policyOf(c.updates.local, c.total_msat),
    remotePolicy: policyOf(c.updates.remote, c.total_msat),
  };
}

function policyOf(
  terms: z.output<typeof termsSchema> | undefined,
  capacityMsat: number,
): Policy | undefined {
  return terms && {
    baseFeeMsat: terms.fee_base_msat,
    feeRatePpm: terms.fee_proportional_millionths,
    cltvDelta: terms.cltv_expiry_delta,
    minHtlcMsat: terms.htlc_minimum_msat,
    maxHtlcMsat: terms.htlc_maximum_msat ?? capacityMsat,
    disabled: false,
  };
}

const forwardsSchema = z.object({
  forwards: z.array(z.object({
    in_channel: z.string(),
    in_htlc_id: z.int().optional(),
    out_channel: z.string().optional(),
    in_msat: msat,
    out_msat: msat.optional(),
    status: z.enum(["offered", "settled", "local_failed", "failed"]),
    failreason: z.string().optional(),
    received_time: z.number(),
    resolved_time: z.number().optional(),
  })),
});

/** How Core Lightning says that the outgoing channel could not carry an amount. */
const NO_CAPACITY = "WIRE_TEMPORARY_CHANNEL_FAILURE";

const OUTCOMES = {
  settled: "settled",
  local_failed: "failed_here",
  failed: "failed_downstream",
} as const;

/**
 * The output of Core Lightning's `listforwards`. Those under way are left out, and those that never
 * had an outgoing channel or amount: nothing could have served them.
 */
export function forwardsFromCln(value: unknown, place: InputPlace): NodeForward[] {
  return parseWith(forwardsSchema, value, place).forwards.flatMap((f) => {
    const { out_channel: outChannel, out_msat: outAmountMsat, status } = f;
    if (status === "offered" || outChannel === undefined || outAmountMsat === undefined) return [];
    const reason = f.failreason === NO_CAPACITY
      ? "insufficient_balance"
      : f.failreason?.toLowerCase();
    return [{
      timeMs: Math.round((f.resolved_time ?? f.received_time) * SECOND_MS),
      inChannel: f.in_channel,
      outChannel,
      inAmountMsat: f.in_msat,
      outAmountMsat,
      outcome: OUTCOMES[status],
      ...(status === "local_failed" && { failureReason: reason ?? "insufficient_balance" }),
      ...(f.in_htlc_id === undefined ? {} : { inHtlcId: String(f.in_htlc_id) }),
    }];
  });
}
