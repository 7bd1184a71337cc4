import { z } from "zod";
import { DAY_MS, type InputPlace, SECOND_MS } from "../core/mod.ts";
import { parseWith } from "../protocol/mod.ts";
import {
  exactOrZero,
  hexOfBase64,
  idText,
  limitOrZero,
  listOf,
  nameOf,
  nanoTime,
  unixSeconds,
} from "./lnd_values.ts";
import type {
  AttemptFailure,
  NodeForward,
  NodePayment,
  NodeReceipt,
  PaymentAttempt,
  PolicyUpdate,
} from "./types.ts";

const forwardSchema = z.object({
  timestamp: unixSeconds,
  timestamp_ns: nanoTime.optional(),
  chan_id_in: idText,
  chan_id_out: idText,
  amt_in: exactOrZero,
  amt_out: exactOrZero,
  amt_in_msat: exactOrZero,
  amt_out_msat: exactOrZero,
  incoming_htlc_id: idText.nullish(),
}).refine(({ timestamp, timestamp_ns }) => timestamp > 0 || (timestamp_ns ?? 0) > 0, {
  error: "expected seconds since 1970",
  path: ["timestamp"],
});

const forwardsSchema = z.object({ forwarding_events: listOf(forwardSchema) });

/** The answer of `ForwardingHistory`, or the output of `lncli fwdinghistory`: settled forwards. */
export function forwardsFromLnd(value: unknown, place: InputPlace): NodeForward[] {
  return parseWith(forwardsSchema, value, place).forwarding_events.map((event) => ({
    timeMs: event.timestamp_ns || event.timestamp * SECOND_MS,
    inChannel: event.chan_id_in,
    outChannel: event.chan_id_out,
    // Dumps of versions of old have whole satoshis only.
    inAmountMsat: event.amt_in_msat || event.amt_in * 1000,
    outAmountMsat: event.amt_out_msat || event.amt_out * 1000,
    outcome: "settled",
    ...(event.incoming_htlc_id == null ? {} : { inHtlcId: event.incoming_htlc_id }),
  }));
}

const hopSchema = z.object({
  chan_id: idText,
  pub_key: z.string(),
  amt_to_forward_msat: exactOrZero,
  fee_msat: exactOrZero,
});

const updateSchema = z.object({
  chan_id: idText,
  channel_flags: exactOrZero,
  time_lock_delta: exactOrZero,
  htlc_minimum_msat: limitOrZero,
  htlc_maximum_msat: limitOrZero,
  base_fee: exactOrZero,
  fee_rate: exactOrZero,
});
/** Bits of a channel update's flags. */
const CHANNEL_FLAGS = { ofLargerKey: 1, disabled: 2 } as const;

const failureSchema = z.object({
  code: z.string().default("RESERVED"),
  failure_source_index: exactOrZero,
  // Made by whichever node on the way: what is no update must not hide the failure.
  channel_update: updateSchema.nullish().catch(undefined),
});
/** The failure could not be read, so nobody knows where it comes from. */
const UNREADABLE = "UNREADABLE_FAILURE";

const attemptSchema = z.object({
  status: nameOf(["IN_FLIGHT", "SUCCEEDED", "FAILED"], "IN_FLIGHT"),
  route: z.object({
    hops: listOf(hopSchema),
    total_fees_msat: exactOrZero,
  }).nullish(),
  resolve_time_ns: nanoTime.default(0),
  failure: failureSchema.nullish(),
});

/** One attempt of a payment, or the answer of `SendToRouteV2`. */
export function attemptFromLnd(value: unknown, place: InputPlace): PaymentAttempt {
  return attemptOf(parseWith(attemptSchema, value, place));
}

const ATTEMPT_STATUS = {
  IN_FLIGHT: "in_flight",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
} as const;

function attemptOf(attempt: z.output<typeof attemptSchema>): PaymentAttempt {
  const hops = attempt.route?.hops ?? [];
  return {
    status: ATTEMPT_STATUS[attempt.status],
    // What enters a channel is what leaves its far end, and that node's fee.
    hops: hops.map((hop) => ({
      channelId: hop.chan_id,
      node: hop.pub_key,
      amountMsat: hop.amt_to_forward_msat + hop.fee_msat,
    })),
    amountMsat: hops.at(-1)?.amt_to_forward_msat ?? 0,
    feeMsat: attempt.route?.total_fees_msat ?? 0,
    resolvedMs: attempt.resolve_time_ns || undefined,
    ...(attempt.failure == null ? {} : { failure: failureOf(attempt.failure) }),
  };
}

function failureOf(failure: z.output<typeof failureSchema>): AttemptFailure {
  const { code, failure_source_index: atHop, channel_update: update } = failure;
  return {
    code: code.toLowerCase(),
    ...(code === UNREADABLE ? {} : { atHop }),
    ...(update == null ? {} : { update: updateOf(update) }),
  };
}

function updateOf(update: z.output<typeof updateSchema>): PolicyUpdate {
  const { channel_flags: flags } = update;
  return {
    channelId: update.chan_id,
    of: (flags & CHANNEL_FLAGS.ofLargerKey) === 0 ? "smaller_key" : "larger_key",
    policy: {
      baseFeeMsat: update.base_fee,
      feeRatePpm: update.fee_rate,
      cltvDelta: update.time_lock_delta,
      minHtlcMsat: update.htlc_minimum_msat,
      maxHtlcMsat: update.htlc_maximum_msat || Infinity,
      disabled: (flags & CHANNEL_FLAGS.disabled) !== 0,
    },
  };
}

const paymentSchema = z.object({
  payment_hash: z.string(),
  status: nameOf(["UNKNOWN", "INITIATED", "IN_FLIGHT", "SUCCEEDED", "FAILED"], "UNKNOWN"),
  creation_time_ns: nanoTime.default(0),
  creation_date: unixSeconds,
  value_msat: exactOrZero,
  fee_msat: exactOrZero,
  failure_reason: z.string().default("FAILURE_REASON_NONE"),
  htlcs: listOf(attemptSchema),
  payment_index: exactOrZero,
});

/** A payment and its place in the node's list. */
export interface LndPayment {
  payment: NodePayment;
  index: number;
}

const PAYMENT_STATUS = {
  UNKNOWN: "in_flight",
  INITIATED: "in_flight",
  IN_FLIGHT: "in_flight",
  SUCCEEDED: "succeeded",
  FAILED: "failed",
} as const;

/** A payment of `ListPayments`, `SendPaymentV2` or `TrackPaymentV2`. */
export function paymentFromLnd(value: unknown, place: InputPlace): LndPayment {
  return paymentOf(parseWith(paymentSchema, value, place));
}

function paymentOf(p: z.output<typeof paymentSchema>): LndPayment {
  const status = PAYMENT_STATUS[p.status];
  const attempts = p.htlcs.map(attemptOf);
  const arrived = attempts.filter((attempt) => attempt.status === "succeeded");
  const payment: NodePayment = {
    paymentHash: p.payment_hash,
    status,
    createdMs: p.creation_time_ns || p.creation_date * SECOND_MS,
    // Where the sums are left out, those of its parts.
    amountMsat: p.value_msat || sumOf(arrived, "amountMsat"),
    feeMsat: p.fee_msat || sumOf(arrived, "feeMsat"),
    attempts,
  };
  if (status === "failed") {
    payment.failureReason = p.failure_reason.replace("FAILURE_REASON_", "").toLowerCase();
  }
  return { payment, index: p.payment_index };
}

function sumOf(attempts: readonly PaymentAttempt[], member: "amountMsat" | "feeMsat"): number {
  return attempts.reduce((sum, attempt) => sum + attempt[member], 0);
}

const paymentsSchema = z.object({ payments: listOf(paymentSchema) });

/** The answer of `ListPayments`. */
export function paymentsFromLnd(value: unknown, place: InputPlace): LndPayment[] {
  return parseWith(paymentsSchema, value, place).payments.map(paymentOf);
}

const invoicesSchema = z.object({
  invoices: listOf(z.object({
    r_hash: hexOfBase64,
    state: nameOf(["OPEN", "SETTLED", "CANCELED", "ACCEPTED"], "OPEN"),
    creation_date: unixSeconds,
    expiry: exactOrZero,
    settle_date: unixSeconds,
    amt_paid_msat: exactOrZero,
    add_index: exactOrZero,
  })),
});

/** What is paid later than this is not told of: else all since would be read again and again. */
const LONGEST_WAIT_MS = DAY_MS;

/** An invoice and its place in the node's list. */
export interface LndInvoice {
  index: number;
  /** Undefined where nothing was received. */
  receipt: NodeReceipt | undefined;
  /** Until when its payment is waited for, Unix ms; -Infinity where it is decided. */
  openUntilMs: number;
}

/** The answer of `ListInvoices`. */
export function invoicesFromLnd(value: unknown, place: InputPlace): LndInvoice[] {
  return parseWith(invoicesSchema, value, place).invoices.map((invoice) => {
    const createdMs = invoice.creation_date * SECOND_MS;
    const isOpen = invoice.state === "OPEN" || invoice.state === "ACCEPTED";
    const waitMs = invoice.state === "OPEN"
      ? Math.min(invoice.expiry * SECOND_MS, LONGEST_WAIT_MS)
      : LONGEST_WAIT_MS;
    const openUntilMs = isOpen ? createdMs + waitMs : -Infinity;
    const receipt = invoice.state !== "SETTLED" ? undefined : {
      paymentHash: invoice.r_hash,
      settledMs: invoice.settle_date * SECOND_MS,
      amountMsat: invoice.amt_paid_msat,
    };
    return { index: invoice.add_index, receipt, openUntilMs };
  });
}
