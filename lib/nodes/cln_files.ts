import { z } from "zod";
import { type InputPlace, LATEST_UNIX_SECONDS, msatToSat, SECOND_MS } from "../core/mod.ts";
import { parseWith, type Policy } from "../protocol/mod.ts";
import type { NamedChannel } from "./lnd_channels.ts";
import type { NodeChannel, NodeForward } from "./types.ts";

/** Millisatoshis: a number, or a text such as `1000msat` as older versions have it. */
const msat = z.union([
  z.int("expected msat").min(0, "expected msat, 0 or more"),
  z.string().regex(/^\d{1,16}(msat)?$/, "expected msat").transform((text) => parseInt(text)),
]);

const termsSchema = z.object({
  fee_base_msat: msat,
  fee_proportional_millionths: z.int(),
  cltv_expiry_delta: z.int().default(0),
  htlc_minimum_msat: msat.default(0),
  htlc_maximum_msat: msat.optional(),
});

/** Channels that can carry payments, while they are made larger or smaller as well. */
const OPEN = new Set(["CHANNELD_NORMAL", "CHANNELD_AWAITING_SPLICE"]);

const channelsSchema = z.object({
  channels: z.array(z.object({
    peer_id: z.string(),
    peer_connected: z.boolean().default(false),
    state: z.string(),
    short_channel_id: z.string().optional(),
    alias: z.object({ local: z.string().optional() }).optional(),
    funding_txid: z.string().default(""),
    funding_outnum: z.int().default(0),
    private: z.boolean().default(false),
    to_us_msat: msat.default(0),
    total_msat: msat.default(0),
    our_reserve_msat: msat.default(0),
    their_reserve_msat: msat.default(0),
    // Own terms: all that versions before 24.02 tell.
    fee_base_msat: msat.optional(),
    fee_proportional_millionths: z.int().optional(),
    minimum_htlc_out_msat: msat.optional(),
    maximum_htlc_out_msat: msat.optional(),
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

const peersSchema = z.object({
  peers: z.array(z.object({
    id: z.string(),
    connected: z.boolean().default(false),
    channels: z.array(z.looseObject({})).default([]),
  })),
});

/**
 * What `listpeers` told of channels before version 23.02, as `listpeerchannels` tells it; any other
 * value as it is.
 */
export function channelsOfPeers(value: unknown, place: InputPlace = {}): unknown {
  if (typeof value !== "object" || value === null || !("peers" in value)) return value;
  const { peers } = parseWith(peersSchema, value, place);
  const channels = peers.flatMap(({ id, connected, channels }) =>
    channels.map((channel) => ({ peer_id: id, peer_connected: connected, ...channel }))
  );
  return { channels };
}

/**
 * The output of Core Lightning's `listpeerchannels`, or of the `listpeers` of old: the channels that
 * are open, and other ids under which forwards may be told.
 */
export function channelsFromCln(value: unknown, place: InputPlace): NamedChannel[] {
  return parseWith(channelsSchema, channelsOfPeers(value, place), place).channels
    .filter(({ state }) => OPEN.has(state))
    .flatMap((c) => {
      const alias = c.alias?.local, channelId = c.short_channel_id ?? alias;
      if (channelId === undefined) return [];
      const aliases = alias === undefined || alias === channelId ? [] : [alias];
      return [{ channel: channelOf(c, channelId), aliases }];
    });
}

function channelOf(c: ClnChannel, channelId: string): NodeChannel {
  const heights = c.htlcs.map(({ expiry }) => expiry);
  const sum = (direction: string) =>
    c.htlcs.filter((htlc) => htlc.direction === direction)
      .reduce((total, { amount_msat }) => total + amount_msat, 0);
  const capacitySat = msatToSat(c.total_msat);
  return {
    channelId,
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
    localPolicy: policyOf(c.updates.local ?? ownTerms(c), c.total_msat),
    remotePolicy: policyOf(c.updates.remote, c.total_msat),
  };
}

function ownTerms(c: ClnChannel): z.output<typeof termsSchema> | undefined {
  const { fee_base_msat, fee_proportional_millionths } = c;
  if (fee_base_msat === undefined || fee_proportional_millionths === undefined) return undefined;
  return {
    fee_base_msat,
    fee_proportional_millionths,
    cltv_expiry_delta: 0,
    htlc_minimum_msat: c.minimum_htlc_out_msat ?? 0,
    htlc_maximum_msat: c.maximum_htlc_out_msat,
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

/** Seconds since 1970 with a fraction. */
const seconds = z.union([
  z.number("expected seconds since 1970"),
  z.string().regex(/^\d+(\.\d+)?$/, "expected seconds since 1970").transform(Number),
]).refine((value) => value >= 0 && value <= LATEST_UNIX_SECONDS, "expected seconds since 1970");

const forwardsSchema = z.object({
  forwards: z.array(z.object({
    in_channel: z.string(),
    in_htlc_id: z.int().optional(),
    out_channel: z.string().optional(),
    in_msat: msat,
    out_msat: msat.optional(),
    status: z.enum(["offered", "settled", "local_failed", "failed"]),
    failreason: z.string().optional(),
    received_time: seconds,
    resolved_time: seconds.optional(),
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
