/**
 * The shapes that clients and simulations of the first LightningLens speak, turned into events and
 * back at the edge. Amounts there are whole satoshis; times are ISO 8601, without a zone meaning
 * UTC; channels have no name but their two ends.
 */
import { InputError, MSAT_PER_SAT, msatToSat, satToMsat } from "../core/mod.ts";
import { z } from "zod";
import type { ChannelState, LensEvent, Suggestion, Transaction } from "./events.ts";
import { amountSchema, idSchema, parseWith, timestampSchema, wireTime } from "./parse.ts";

const legacyChannelSchema = z.looseObject({
  remote_pubkey: idSchema,
  channel_id: idSchema.optional(),
  capacity: amountSchema.min(1),
  local_balance: amountSchema,
  remote_balance: amountSchema.optional(),
});
const legacyChannelsSchema = z.record(idSchema, z.array(legacyChannelSchema));
const legacyTransactionSchema = z.looseObject({
  sender: idSchema,
  receiver: idSchema,
  amount: amountSchema,
  success: z.boolean(),
  description: z.string().optional(),
});
const legacySuggestionSchema = z.looseObject({
  from_node: idSchema,
  to_node: idSchema,
  amount: amountSchema.min(1),
  confidence: z.number().min(0).max(1).optional(),
});

/** A suggestion of the first LightningLens: move `amountSat` from one neighbour's channel to another's. */
export interface LegacySuggestion {
  fromNode: string;
  toNode: string;
  amountSat: number;
  /** 0 to 1; 0 where none was given. */
  confidence: number;
}

/** What a message in a legacy shape means. */
export type LegacyInput =
  | { kind: "events"; events: LensEvent[] }
  | { kind: "register"; client: string }
  | { kind: "request_suggestions" }
  | { kind: "suggestions"; suggestions: LegacySuggestion[] };

/** The name of a channel that is known by its ends alone: the same from both sides. */
export function derivedChannelId(node: string, peer: string, index = 0): string {
  const [a, b] = node < peer ? [node, peer] : [peer, node];
  return index === 0 ? `${a}:${b}` : `${a}:${b}#${index + 1}`;
}

/**
 * Channels of the shape `{NODE: [{remote_pubkey, capacity, local_balance, remote_balance}]}`.
 *
 * @throws {InputError} naming the field under `field`
 */
export function channelsFromLegacy(value: unknown, field: string): ChannelState[] {
  const byNode = parseWith(legacyChannelsSchema, value, { field });
  const states: ChannelState[] = [];
  for (const [node, channels] of Object.entries(byNode)) {
    const seen = new Map<string, number>();
    channels.forEach((channel, index) => {
      const place = `${field}.${node}.${index}`;
      const parallel = seen.get(channel.remote_pubkey) ?? 0;
      seen.set(channel.remote_pubkey, parallel + 1);
      const remote = channel.remote_balance ?? channel.capacity - channel.local_balance;
      if (remote < 0 || channel.local_balance + remote > channel.capacity) {
        throw new InputError({
          field: `${place}.local_balance`,
          found: channel.local_balance,
          expected: `local and remote balance within the capacity (${channel.capacity})`,
        });
      }
      states.push({
        node,
        channelId: channel.channel_id ?? derivedChannelId(node, channel.remote_pubkey, parallel),
        peer: channel.remote_pubkey,
        capacitySat: channel.capacity,
        localBalanceSat: channel.local_balance,
        remoteBalanceSat: remote,
        active: true,
      });
    });
  }
  return states;
}

function transactionFromLegacy(value: unknown, field: string): Transaction {
  const t = parseWith(legacyTransactionSchema, value, { field });
  return {
    sender: t.sender,
    receiver: t.receiver,
    amountMsat: satToMsat(t.amount),
    success: t.success,
    transactionType: t.description?.toLowerCase().includes("rebalanc") ? "rebalance" : "payment",
  };
}

function suggestionFromLegacy(value: unknown, field: string): LegacySuggestion {
  const s = parseWith(legacySuggestionSchema, value, { field });
  return {
    fromNode: s.from_node,
    toNode: s.to_node,
    amountSat: s.amount,
    confidence: s.confidence ?? 0,
  };
}

const legacyObject = z.looseObject({
  type: z.string().optional(),
  event_type: z.string().optional(),
  timestamp: timestampSchema.optional(),
});

const legacyState = z.looseObject({
  channels: z.unknown(),
  transactions: z.array(z.unknown()).default([]),
});

function stateEvents(channels: unknown, field: string, timeMs: number): LensEvent[] {
  return channelsFromLegacy(channels, field)
    .map((channel) => ({ kind: "channel_state", timeMs, channel }));
}

function paymentEvent(payment: unknown, field: string, timeMs: number): LensEvent {
  return { kind: "transaction", timeMs, transaction: transactionFromLegacy(payment, field) };
}

/** A payment, the channels that it moved, or both; what has no name of its own is `data`. */
function eventsOfOne(
  message: z.output<typeof legacyObject>,
  type: "transaction" | "channel_update" | "channel_state",
  timeMs: number,
): LensEvent[] {
  const { transaction, channels, data } = message;
  const paid = transaction ?? (type === "transaction" ? data : undefined);
  const moved = channels ?? (type === "transaction" ? undefined : data);
  const events: LensEvent[] = [];
  if (paid !== undefined) {
    events.push(paymentEvent(paid, transaction === undefined ? "data" : "transaction", timeMs));
  }
  if (moved !== undefined) {
    events.push(...stateEvents(moved, channels === undefined ? "data" : "channels", timeMs));
  }
  if (events.length === 0) {
    throw new InputError({ field: "data", found: undefined, expected: `the ${type}` });
  }
  return events;
}

/** All channels of a network, and its payments since the last time. */
function eventsOfState(data: unknown, timeMs: number): LensEvent[] {
  const { channels, transactions } = parseWith(legacyState, data, { field: "data" });
  return [
    ...stateEvents(channels ?? {}, "data.channels", timeMs),
    ...transactions.map((paid, i) => paymentEvent(paid, `data.transactions.${i}`, timeMs)),
  ];
}

/**
 * Understands a message in any of the legacy shapes.
 *
 * @param receivedMs stands in for a time that the message does not carry
 * @throws {InputError} for an unknown type or a missing or wrong member
 */
export function parseLegacyMessage(value: unknown, receivedMs: number): LegacyInput {
  const message = parseWith(legacyObject, value);
  const type = message.type ?? message.event_type;
  const timeMs = message.timestamp ?? receivedMs;
  switch (type) {
    case "transaction":
    case "channel_update":
    case "channel_state":
      return { kind: "events", events: eventsOfOne(message, type, timeMs) };
    case "state_update":
      return { kind: "events", events: eventsOfState(message.data, timeMs) };
    case "register":
      return { kind: "register", client: String(message.client ?? "unknown") };
    case "request_suggestions":
      return { kind: "request_suggestions" };
    case "rebalance_suggestion":
      return {
        kind: "suggestions",
        suggestions: [suggestionFromLegacy(message.suggestion ?? message.data, "suggestion")],
      };
    case "suggestions":
    case "rebalance_suggestions": {
      const list = parseWith(z.array(z.unknown()), message.suggestions, { field: "suggestions" });
      return {
        kind: "suggestions",
        suggestions: list.map((s, i) => suggestionFromLegacy(s, `suggestions.${i}`)),
      };
    }
    default:
      throw new InputError({
        field: message.type === undefined ? "event_type" : "type",
        found: type,
        expected: "a known message type",
      });
  }
}

/** A channel in the legacy shape. */
export function legacyChannel(state: ChannelState): Record<string, unknown> {
  return {
    remote_pubkey: state.peer,
    channel_id: state.channelId,
    capacity: state.capacitySat,
    local_balance: state.localBalanceSat,
    remote_balance: state.remoteBalanceSat,
  };
}

/** Channels by node, in the legacy shape. */
export function legacyChannels(states: readonly ChannelState[]): Record<string, unknown[]> {
  const byNode = Map.groupBy(states, ({ node }) => node);
  return Object.fromEntries([...byNode].map(([node, own]) => [node, own.map(legacyChannel)]));
}

/** A payment in the legacy shape. */
export function legacyTransaction(t: Transaction): Record<string, unknown> {
  return {
    sender: t.sender,
    receiver: t.receiver,
    amount: msatToSat(t.amountMsat),
    success: t.success,
    description: t.failureReason ?? t.transactionType,
  };
}

/** A suggestion in the legacy shape; the peers of its two channels are its two nodes. */
export function legacySuggestion(s: Suggestion): Record<string, unknown> {
  return {
    from_node: s.sourceNode,
    to_node: s.targetNode,
    amount: Math.round(s.amountMsat / MSAT_PER_SAT),
    confidence: s.confidence,
  };
}

/** A whole legacy message as JSON text; the time has no zone, as the first program wrote it. */
export function formatLegacyMessage(
  type: "transaction" | "channel_update" | "state_update",
  data: unknown,
  timeMs: number,
): string {
  return JSON.stringify({ type, timestamp: wireTime(timeMs).slice(0, -1), data });
}
