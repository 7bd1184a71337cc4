import { z } from "zod";
import type { InputPlace } from "../core/mod.ts";
import { parseWith, type Policy } from "../protocol/mod.ts";
import { exactNumber, exactOrZero, idText, limitOrZero, listOf } from "./lnd_values.ts";
import type { ClosedChannel, NodeChannel, NodeInfo } from "./types.ts";

const infoSchema = z.object({
  identity_pubkey: z.string().regex(/^0[23][0-9a-f]{64}$/, "expected a public key"),
  alias: z.string().default(""),
  version: z.string(),
  block_height: exactOrZero,
  synced_to_chain: z.boolean().default(false),
  synced_to_graph: z.boolean().default(false),
  chains: z.array(z.object({ network: z.string() })).min(1),
});

/** The answer of `GetInfo`. */
export function infoFromLnd(value: unknown, place: InputPlace): NodeInfo {
  const info = parseWith(infoSchema, value, place);
  return {
    nodeId: info.identity_pubkey,
    alias: info.alias,
    version: info.version,
    network: info.chains[0].network,
    blockHeight: info.block_height,
    syncedToChain: info.synced_to_chain,
    syncedToGraph: info.synced_to_graph,
  };
}

const htlcSchema = z.object({ expiration_height: exactOrZero });

const channelSchema = z.object({
  active: z.boolean().default(false),
  remote_pubkey: z.string(),
  channel_point: z.string(),
  chan_id: idText,
  zero_conf_confirmed_scid: idText.default("0"),
  capacity: exactNumber,
  local_balance: exactOrZero,
  remote_balance: exactOrZero,
  pending_htlcs: listOf(htlcSchema),
  private: z.boolean().default(false),
  local_chan_reserve_sat: exactOrZero,
  remote_chan_reserve_sat: exactOrZero,
  alias_scids: listOf(idText),
});

/** An open channel, without policies, and other ids under which its HTLCs may be told. */
export interface NamedChannel {
  channel: NodeChannel;
  aliases: string[];
}

/** One of the channels of `ListChannels` or of the channel stream. */
export function channelFromLnd(value: unknown, place: InputPlace): NamedChannel {
  const c = parseWith(channelSchema, withScid(value), place);
  // A zero-conf channel is listed by an alias for ever; the graph has it by its place in the chain.
  const confirmed = c.zero_conf_confirmed_scid;
  const channelId = confirmed === "0" ? c.chan_id : confirmed;
  const heights = c.pending_htlcs.map((htlc) => htlc.expiration_height);
  const channel = {
    channelId,
    channelPoint: c.channel_point,
    peer: c.remote_pubkey,
    capacitySat: c.capacity,
    localBalanceSat: c.local_balance,
    remoteBalanceSat: c.remote_balance,
    localReserveSat: c.local_chan_reserve_sat,
    remoteReserveSat: c.remote_chan_reserve_sat,
    pendingHtlcs: heights.length,
    nextExpiryHeight: heights.length === 0 ? undefined : Math.min(...heights),
    active: c.active,
    private: c.private,
  };
  const names = new Set([c.chan_id, ...c.alias_scids]);
  names.delete(channelId);
  return { channel, aliases: [...names] };
}

/** Newer `lncli` has the id as `scid`, and as `chan_id` a hash that nothing else knows. */
export function withScid(value: unknown): unknown {
  return typeof value === "object" && value !== null && "scid" in value
    ? { ...value, chan_id: value.scid }
    : value;
}

const channelsSchema = z.object({ channels: listOf(z.unknown()) });

/** The answer of `ListChannels`, or the output of `lncli listchannels`. */
export function channelsFromLnd(value: unknown, place: InputPlace): NamedChannel[] {
  return parseWith(channelsSchema, value, place).channels.map((channel, index) =>
    channelFromLnd(channel, { ...place, field: `channels.${index}` })
  );
}

const closedSchema = z.object({
  channels: listOf(z.object({
    channel_point: z.string(),
    chan_id: idText,
    remote_pubkey: z.string(),
    capacity: exactOrZero,
    close_height: exactOrZero,
  })),
});

/** The answer of `ClosedChannels`. Those that were never open have the id 0 and are left out. */
export function closedChannelsFromLnd(value: unknown, place: InputPlace): ClosedChannel[] {
  return parseWith(closedSchema, value, place).channels.filter((c) => c.chan_id !== "0").map((
    c,
  ) => ({
    channelId: c.chan_id,
    channelPoint: c.channel_point,
    peer: c.remote_pubkey,
    capacitySat: c.capacity,
    closeHeight: c.close_height,
  }));
}

const policySchema = z.object({
  time_lock_delta: exactOrZero,
  min_htlc: limitOrZero,
  fee_base_msat: exactOrZero,
  fee_rate_milli_msat: exactOrZero,
  disabled: z.boolean().default(false),
  max_htlc_msat: limitOrZero,
});

const edgeSchema = z.object({
  channel_id: idText,
  node1_pub: z.string(),
  node2_pub: z.string(),
  node1_policy: policySchema.nullish(),
  node2_policy: policySchema.nullish(),
});

/** Both policies of a channel as one of its ends sees them. */
export interface EdgePolicies {
  channelId: string;
  localPolicy?: Policy;
  remotePolicy?: Policy;
}

/** The answer of `GetChanInfo`, or a channel of `GetNodeInfo`. `nodeId` is the end that looks. */
export function policiesFromLnd(value: unknown, nodeId: string, place: InputPlace): EdgePolicies {
  const edge = parseWith(edgeSchema, value, place);
  const first = policyOf(edge.node1_policy), second = policyOf(edge.node2_policy);
  const [localPolicy, remotePolicy] = edge.node1_pub === nodeId ? [first, second] : [second, first];
  return { channelId: edge.channel_id, localPolicy, remotePolicy };
}

const nodeSchema = z.object({ channels: listOf(z.unknown()) });

/** The policies of all announced channels of a node, from `GetNodeInfo`. */
export function nodePoliciesFromLnd(
  value: unknown,
  nodeId: string,
  place: InputPlace,
): EdgePolicies[] {
  return parseWith(nodeSchema, value, place).channels.map((edge, index) =>
    policiesFromLnd(edge, nodeId, { ...place, field: `channels.${index}` })
  );
}

function policyOf(value: z.output<typeof policySchema> | null | undefined): Policy | undefined {
  return value == null ? undefined : {
    baseFeeMsat: value.fee_base_msat,
    feeRatePpm: value.fee_rate_milli_msat,
    cltvDelta: value.time_lock_delta,
    minHtlcMsat: value.min_htlc,
    maxHtlcMsat: value.max_htlc_msat,
    disabled: value.disabled,
  };
}
