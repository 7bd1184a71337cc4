import { z } from "zod";
import { InputError, satToMsat } from "../core/mod.ts";
import type { ChannelState, Forward, LensEvent } from "./events.ts";
import { forwardSchema, policySchema, suggestionResultSchema } from "./events.ts";
import { derivedChannelId } from "./legacy.ts";
import { camelNames } from "./names.ts";
import { amountSchema, idSchema, parseWith, timestampSchema } from "./parse.ts";
import { plainUpdate } from "./plain_update.ts";

const eventHead = {
  /** Unique name of the event; the same one sent again is counted once. */
  event_id: idSchema.optional(),
  /** When it happened; the time of arrival where left out. */
  timestamp: timestampSchema.optional(),
};

/** `channel_state` of `POST /api/update`. Amounts in satoshis. */
export const updateChannelSchema = z.looseObject({
  ...eventHead,
  event_type: z.literal("channel_state"),
  node: idSchema,
  remote_pubkey: idSchema,
  channel_id: idSchema.optional(),
  capacity: amountSchema.min(1, "expected 1 or more"),
  local_balance: amountSchema,
  remote_balance: amountSchema.optional(),
  balance_ratio: z.number().min(0).max(1).optional(),
  active: z.boolean().optional(),
  local_policy: policySchema.optional(),
  remote_policy: policySchema.optional(),
});

/** `transaction` of `POST /api/update`. Amount in satoshis. */
export const updateTransactionSchema = z.looseObject({
  ...eventHead,
  event_type: z.literal("transaction"),
  sender: idSchema,
  receiver: idSchema,
  amount: amountSchema,
  success: z.boolean(),
  fee: amountSchema.optional(),
  transaction_type: z.string().max(50).optional(),
});

/** `forward` of `POST /api/update`: an HTLC of a channel. Amounts in millisatoshis. */
export const updateForwardSchema = z.looseObject({
  ...eventHead,
  event_type: z.literal("forward"),
  ...forwardSchema.shape,
});

/** `rebalance` of `POST /api/update`: what became of a suggestion. Amounts in millisatoshis. */
export const updateRebalanceSchema = z.looseObject({
  ...eventHead,
  event_type: z.literal("rebalance"),
  ...suggestionResultSchema.shape,
});

/** One event of `POST /api/update`. */
export const updateEventSchema = z.discriminatedUnion("event_type", [
  updateChannelSchema,
  updateTransactionSchema,
  updateForwardSchema,
  updateRebalanceSchema,
]);

/** Body of `POST /api/update`: one event or many. */
export const updateBodySchema = z.union([updateEventSchema, z.array(updateEventSchema)]);

/** Answer of `POST /api/update`. */
export const updateAnswerSchema = z.object({
  status: z.literal("success"),
  /** Optimal balance ratio (local / capacity, 0..1) of the channel of the last event that names one; null where the lens abstains. */
  prediction: z.number().min(0).max(1).nullable(),
  message: z.string(),
  /** Events taken, and those known already. */
  accepted: z.int(),
  duplicates: z.int(),
});

/**
 * One event of `POST /api/update` as the program uses it. What is missing and can be derived is
 * derived.
 *
 * @param receivedMs stands in for a missing timestamp
 * @param field where the event stands in the body, such as `3` for the fourth of an array
 * @throws {InputError} naming the field
 */
export function eventFromUpdate(value: unknown, receivedMs: number, field?: string): LensEvent {
  return plainUpdate(value, receivedMs) ?? validatedUpdate(value, receivedMs, field);
}

/** The same by schema alone: slower, and able to say what is wrong. */
export function validatedUpdate(value: unknown, receivedMs: number, field?: string): LensEvent {
  const update = parseWith(updateEventSchema, value, { field });
  const head = { timeMs: update.timestamp ?? receivedMs, eventId: update.event_id };
  switch (update.event_type) {
    case "channel_state":
      return { kind: "channel_state", ...head, channel: channelFromUpdate(update, field) };
    case "transaction":
      return {
        kind: "transaction",
        ...head,
        transaction: {
          id: update.event_id,
          sender: update.sender,
          receiver: update.receiver,
          amountMsat: satToMsat(update.amount),
          success: update.success,
          feeMsat: update.fee === undefined ? undefined : satToMsat(update.fee),
          transactionType: update.transaction_type === "rebalance" ? "rebalance" : "payment",
        },
      };
    case "forward":
      return { kind: "forward", ...head, forward: forwardFromUpdate(update) };
    case "rebalance":
      return {
        kind: "rebalance",
        ...head,
        rebalance: camelNames(parseWith(suggestionResultSchema, update)),
      };
  }
}

/** The update is validated already; building the result by hand keeps ingest fast. */
function forwardFromUpdate(update: z.output<typeof updateForwardSchema>): Forward {
  return {
    ...(update.id === undefined ? {} : { id: update.id }),
    node: update.node,
    inChannel: update.in_channel,
    outChannel: update.out_channel,
    inAmountMsat: update.in_amount_msat,
    outAmountMsat: update.out_amount_msat,
    outcome: update.outcome,
    ...(update.failure_reason === undefined ? {} : { failureReason: update.failure_reason }),
  };
}

function channelFromUpdate(
  update: z.output<typeof updateChannelSchema>,
  field?: string,
): ChannelState {
  const remote = update.remote_balance ?? update.capacity - update.local_balance;
  const at = (name: string) => field === undefined ? name : `${field}.${name}`;
  if (remote < 0 || update.local_balance + remote > update.capacity) {
    throw new InputError({
      field: at("local_balance"),
      found: update.local_balance,
      expected: `local and remote balance within the capacity (${update.capacity})`,
    });
  }
  const ratio = update.local_balance / update.capacity;
  if (update.balance_ratio !== undefined && Math.abs(update.balance_ratio - ratio) > 0.01) {
    throw new InputError({
      field: at("balance_ratio"),
      found: update.balance_ratio,
      expected: `local_balance / capacity (${ratio.toFixed(4)})`,
    });
  }
  return {
    node: update.node,
    channelId: update.channel_id ?? derivedChannelId(update.node, update.remote_pubkey),
    peer: update.remote_pubkey,
    capacitySat: update.capacity,
    localBalanceSat: update.local_balance,
    remoteBalanceSat: remote,
    active: update.active ?? true,
    ...(update.local_policy === undefined ? {} : { localPolicy: camelNames(update.local_policy) }),
    ...(update.remote_policy === undefined
      ? {}
      : { remotePolicy: camelNames(update.remote_policy) }),
  };
}
