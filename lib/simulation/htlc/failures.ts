/** Why an HTLC or a payment failed. The order is that of their numbers in saved states. */
export const FAILURE_REASONS = [
  "insufficient_balance", // the outgoing channel holds too little
  "channel_disabled", // the outgoing channel is down
  "peer_offline", // the next node doesn't answer
  "channel_closed", // the outgoing channel is being closed or was
  "fee_insufficient", // the terms have changed meanwhile
  "incorrect_cltv_expiry",
  "amount_below_minimum",
  "amount_above_maximum",
  "expiry_too_soon",
  "too_many_htlcs", // no slot is left in the outgoing channel
  "in_flight_limit", // the outgoing channel may not have so much in flight
  "htlc_timed_out", // stuck at a node that went away, until its time lock ended
  "mpp_timeout", // the other parts did not arrive in time
  "no_route", // limits and what was learned leave no way
  "no_funds", // the payer's own channels hold too little
  "sender_offline",
  "too_many_attempts",
  "out_of_time",
  "unknown_payment", // the receiver asked for no such payment
] as const;
export type FailureReason = typeof FAILURE_REASONS[number];

/** Number of a reason, for flat arrays. */
export function reasonCode(reason: FailureReason): number {
  return FAILURE_REASONS.indexOf(reason);
}

/** The reason of a number. @throws {RangeError} for a number that stands for none */
export function reasonOf(code: number): FailureReason {
  const reason = FAILURE_REASONS[code];
  if (reason === undefined) throw new RangeError(`no failure reason has the number ${code}`);
  return reason;
}

/** Whether a reason says that the amount was too much for a hop now, that nothing passes it, or neither. */
export function lessonOf(
  reason: FailureReason,
): "insufficient_balance" | "unavailable" | undefined {
  switch (reason) {
    case "insufficient_balance":
    case "too_many_htlcs":
    case "in_flight_limit":
      return "insufficient_balance";
    case "channel_disabled":
    case "channel_closed":
    case "peer_offline":
    case "htlc_timed_out":
      return "unavailable";
    default:
      // Terms that have changed are announced: the next search reads them.
      return undefined;
  }
}
