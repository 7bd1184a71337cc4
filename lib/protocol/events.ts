import { z } from "zod";
import type { Camel } from "./names.ts";
import { amountSchema, idSchema, timestampSchema } from "./parse.ts";

/** One direction's terms for forwarding. */
export const policySchema = z.object({
  base_fee_msat: amountSchema,
  fee_rate_ppm: amountSchema,
  cltv_delta: amountSchema,
  min_htlc_msat: amountSchema,
  max_htlc_msat: amountSchema,
  disabled: z.boolean(),
});
export type Policy = Camel<z.output<typeof policySchema>>;

/** Balances and terms of one channel, as its owner `node` sees it. */
export const channelStateSchema = z.object({
  node: idSchema,
  channel_id: idSchema,
  peer: idSchema,
  capacity_sat: amountSchema,
  local_balance_sat: amountSchema,
  remote_balance_sat: amountSchema,
  /** What either side must keep; left out where not known. */
  local_reserve_sat: amountSchema.optional(),
  remote_reserve_sat: amountSchema.optional(),
  active: z.boolean().default(true),
  local_policy: policySchema.optional(),
  remote_policy: policySchema.optional(),
}).refine(
  (c) => c.local_balance_sat + c.remote_balance_sat <= c.capacity_sat,
  { error: "expected local and remote balance within the capacity", path: ["local_balance_sat"] },
);
export type ChannelState = Camel<z.output<typeof channelStateSchema>>;

/** What became of a forward: settled, failed at this node, or further on. */
export const forwardOutcomeSchema = z.enum(["settled", "failed_here", "failed_downstream"]);
export type ForwardOutcome = z.output<typeof forwardOutcomeSchema>;

/**
 * One HTLC that a node forwarded or tried to. `failed_here` with the reason `insufficient_balance`
 * is demand that the outgoing channel could not serve.
 */
export const forwardSchema = z.object({
  id: idSchema.optional(),
  node: idSchema,
  in_channel: idSchema,
  out_channel: idSchema,
  in_amount_msat: amountSchema,
  out_amount_msat: amountSchema,
  outcome: forwardOutcomeSchema,
  failure_reason: z.string().max(200).optional(),
});
export type Forward = Camel<z.output<typeof forwardSchema>>;

/** A payment end to end. */
export const transactionSchema = z.object({
  id: idSchema.optional(),
  sender: idSchema,
  receiver: idSchema,
  amount_msat: amountSchema,
  success: z.boolean(),
  fee_msat: amountSchema.optional(),
  attempts: amountSchema.optional(),
  duration_ms: z.number().min(0).optional(),
  failure_reason: z.string().max(200).optional(),
  transaction_type: z.enum(["payment", "rebalance"]).default("payment"),
});
export type Transaction = Camel<z.output<typeof transactionSchema>>;

/** One try of a circular rebalance along one route. */
export const attemptDetailSchema = z.object({
  /** From the source channel to the target channel. */
  channels: z.array(idSchema).min(2).max(30),
  /** What came back, or was to. */
  amount_msat: amountSchema,
  fee_msat: amountSchema,
  settled: z.boolean(),
  /** Place in `channels` of the hop that failed, from 0; their number where the node itself gave it back. */
  failed_hop: amountSchema.optional(),
  reason: z.string().max(200).optional(),
});
export type AttemptDetail = Camel<z.output<typeof attemptDetailSchema>>;

/** What became of a suggestion. */
export const suggestionResultSchema = z.object({
  id: idSchema,
  node: idSchema,
  source_channel: idSchema,
  target_channel: idSchema,
  status: z.enum(["applied", "refused", "failed"]),
  reason: z.string().max(200).optional(),
  amount_msat: amountSchema,
  fee_msat: amountSchema,
  attempts: amountSchema.default(0),
  /** New balances of both channels. */
  channels: z.array(channelStateSchema).default([]),
  /** Each attempt, where the sender tells of them. */
  tries: z.array(attemptDetailSchema).max(200).optional(),
});
export type SuggestionResult = Camel<z.output<typeof suggestionResultSchema>>;

/** The proposal of one circular rebalance. */
export const suggestionSchema = z.object({
  id: idSchema,
  /** Whose rebalance it is: pays, and gets the amount back. */
  node: idSchema,
  /** The peer at the far end of the source channel, where the amount goes out. */
  source_node: idSchema,
  source_channel: idSchema,
  /** The peer at the far end of the target channel, where the amount comes back. */
  target_node: idSchema,
  target_channel: idSchema,
  amount_msat: amountSchema.min(1, "expected more than 0"),
  fee_limit_msat: amountSchema,
  /** The calibrated chance that it pays for itself within the horizon. */
  confidence: z.number().min(0).max(1),
  expected_gain_msat: z.number(),
  expected_fee_msat: z.number().min(0),
  source_optimal_ratio: z.number().min(0).max(1),
  target_optimal_ratio: z.number().min(0).max(1),
  expires_at: timestampSchema,
  /** Codes with their numbers; see docs/reasons. */
  reasons: z.array(z.string().max(300)).default([]),
});
export type Suggestion = Camel<z.output<typeof suggestionSchema>>;

interface EventBase {
  /** When it happened, Unix ms. */
  timeMs: number;
  /** Unique name given by the sender; the same event sent again has the same one. */
  eventId?: string;
}

/** Whatever the lens learns from, in the one form used inside. */
export type LensEvent =
  | EventBase & { kind: "channel_state"; channel: ChannelState }
  | EventBase & { kind: "forward"; forward: Forward }
  | EventBase & { kind: "transaction"; transaction: Transaction }
  | EventBase & { kind: "rebalance"; rebalance: SuggestionResult };

/** The node that an event is about; payments are about two or none. */
export function eventNode(event: LensEvent): string | undefined {
  switch (event.kind) {
    case "channel_state":
      return event.channel.node;
    case "forward":
      return event.forward.node;
    case "rebalance":
      return event.rebalance.node;
    case "transaction":
      return undefined;
  }
}
