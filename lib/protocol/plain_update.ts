import { parseIsoTime, satToMsat } from "../core/mod.ts";
import type { ChannelState, Forward, LensEvent, Policy, Transaction } from "./events.ts";
import { derivedChannelId } from "./legacy.ts";
import { MESSAGE_VERSION } from "./messages.ts";

type Members = Record<string, unknown>;
/** What an optional member gives: undefined where it is left out, null where it does not fit. */
type Optional<T> = T | undefined | null;

/**
 * The event of an update that is plainly right, at a quarter of what validation by schema costs.
 * Whatever is not plainly right gives `undefined`: the schema then says whether and what is wrong
 * with it. So it accepts nothing that the schema refuses, and reads what it accepts alike; a
 * property test holds both together.
 *
 * @param receivedMs stands in for a missing timestamp
 */
export function plainUpdate(value: unknown, receivedMs: number): LensEvent | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const update = value as Members;
  const timeMs = update.timestamp === undefined ? receivedMs : time(update.timestamp);
  const eventId = optional(update.event_id, isName);
  if (timeMs === undefined || eventId === null) return undefined;
  const head = { timeMs, eventId };
  switch (update.event_type) {
    case "forward": {
      const forward = plainForward(update);
      return forward && { kind: "forward", ...head, forward };
    }
    case "channel_state": {
      const channel = plainChannel(update);
      return channel && { kind: "channel_state", ...head, channel };
    }
    case "transaction": {
      const transaction = plainTransaction(update, head.eventId);
      return transaction && { kind: "transaction", ...head, transaction };
    }
    default:
      return undefined;
  }
}

/**
 * The event of a `forward` message that is plainly right, with its `seq`; the same promise as
 * {@linkcode plainUpdate}.
 */
export function plainForwardMessage(
  value: unknown,
): { seq: number; event: LensEvent } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { type, v, seq, timestamp, event_id, data } = value as Members;
  if (type !== "forward" || v !== MESSAGE_VERSION || !isAmount(seq)) return undefined;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const timeMs = time(timestamp), eventId = optional(event_id, isName);
  const forward = plainForward(data as Members);
  if (timeMs === undefined || eventId === null || forward === undefined) return undefined;
  const name = eventId === undefined ? {} : { eventId };
  return { seq, event: { kind: "forward", timeMs, ...name, forward } };
}

function plainForward(update: Members): Forward | undefined {
  const { node, in_channel, out_channel, in_amount_msat, out_amount_msat, outcome } = update;
  const id = optional(update.id, isName), failureReason = optional(update.failure_reason, isReason);
  const fits = isName(node) && isName(in_channel) && isName(out_channel) &&
    isAmount(in_amount_msat) && isAmount(out_amount_msat) && isOutcome(outcome);
  if (!fits || id === null || failureReason === null) return undefined;
  return {
    ...(id === undefined ? {} : { id }),
    node,
    inChannel: in_channel,
    outChannel: out_channel,
    inAmountMsat: in_amount_msat,
    outAmountMsat: out_amount_msat,
    outcome,
    ...(failureReason === undefined ? {} : { failureReason }),
  };
}

function plainTransaction(update: Members, id: string | undefined): Transaction | undefined {
  const { sender, receiver, amount, success, transaction_type } = update;
  const fee = optional(update.fee, isAmount);
  const type = transaction_type === undefined || transaction_type === "payment" ||
    transaction_type === "rebalance";
  const fits = isName(sender) && isName(receiver) && isAmount(amount) &&
    typeof success === "boolean" && type && fee !== null;
  if (!fits) return undefined;
  return {
    id,
    sender,
    receiver,
    amountMsat: satToMsat(amount),
    success,
    feeMsat: fee === undefined ? undefined : satToMsat(fee),
    transactionType: transaction_type === "rebalance" ? "rebalance" : "payment",
  };
}

function plainChannel(update: Members): ChannelState | undefined {
  const { node, remote_pubkey, capacity, local_balance } = update;
  const fits = isName(node) && isName(remote_pubkey) && isAmount(capacity) && capacity > 0 &&
    isAmount(local_balance) && update.balance_ratio === undefined;
  if (!fits) return undefined;
  const channelId = optional(update.channel_id, isName), active = optional(update.active, isFlag);
  const remote = optional(update.remote_balance, isAmount);
  if (channelId === null || active === null || remote === null) return undefined;
  const remoteBalanceSat = remote ?? capacity - local_balance;
  if (remoteBalanceSat < 0 || local_balance + remoteBalanceSat > capacity) return undefined;
  const localPolicy = plainPolicy(update.local_policy);
  const remotePolicy = plainPolicy(update.remote_policy);
  if (localPolicy === null || remotePolicy === null) return undefined;
  return {
    node,
    channelId: channelId ?? derivedChannelId(node, remote_pubkey),
    peer: remote_pubkey,
    capacitySat: capacity,
    localBalanceSat: local_balance,
    remoteBalanceSat,
    active: active ?? true,
    ...(localPolicy === undefined ? {} : { localPolicy }),
    ...(remotePolicy === undefined ? {} : { remotePolicy }),
  };
}

function plainPolicy(value: unknown): Optional<Policy> {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { base_fee_msat, fee_rate_ppm, cltv_delta, min_htlc_msat, max_htlc_msat, disabled } =
    value as Members;
  const fits = isAmount(base_fee_msat) && isAmount(fee_rate_ppm) && isAmount(cltv_delta) &&
    isAmount(min_htlc_msat) && isAmount(max_htlc_msat) && isFlag(disabled);
  return !fits ? null : {
    baseFeeMsat: base_fee_msat,
    feeRatePpm: fee_rate_ppm,
    cltvDelta: cltv_delta,
    minHtlcMsat: min_htlc_msat,
    maxHtlcMsat: max_htlc_msat,
    disabled,
  };
}

function optional<T>(value: unknown, fits: (value: unknown) => value is T): Optional<T> {
  return value === undefined || fits(value) ? value : null;
}

function time(value: unknown): number | undefined {
  return typeof value === "string" ? parseIsoTime(value) : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 200;
}

function isReason(value: unknown): value is string {
  return typeof value === "string" && value.length <= 200;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isOutcome(value: unknown): value is Forward["outcome"] {
  return value === "settled" || value === "failed_here" || value === "failed_downstream";
}
