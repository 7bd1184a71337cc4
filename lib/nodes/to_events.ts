import type { ChannelState, LensEvent } from "../protocol/mod.ts";
import type { NodeChannel, NodeForward, NodePayment, NodeReceipt } from "./types.ts";

/** Who paid is not known to who is paid. */
const UNKNOWN_SENDER = "unknown";

/** A channel as the lens sees it. */
export function channelStateOf(node: string, channel: NodeChannel): ChannelState {
  const { channelId, peer, capacitySat, active, localPolicy, remotePolicy } = channel;
  const { localBalanceSat, remoteBalanceSat, localReserveSat, remoteReserveSat } = channel;
  return {
    node,
    channelId,
    peer,
    capacitySat,
    localBalanceSat,
    remoteBalanceSat,
    localReserveSat,
    remoteReserveSat,
    active: active && localPolicy?.disabled !== true,
    ...(localPolicy && { localPolicy }),
    ...(remotePolicy && { remotePolicy }),
  };
}

/**
 * A forward. Its id is that of the incoming HTLC, which stream and history name alike; where the
 * node names none, time, channels and amount have to do.
 */
export function forwardEvent(
  node: string,
  forward: NodeForward,
): Extract<LensEvent, { kind: "forward" }> {
  const { timeMs, inChannel, outChannel, inHtlcId } = forward;
  const name = inHtlcId ?? `${outChannel}/${timeMs}/${forward.outAmountMsat}`;
  const { inAmountMsat, outAmountMsat, outcome, failureReason } = forward;
  return {
    kind: "forward",
    timeMs,
    eventId: `htlc/${node.slice(0, 16)}/${inChannel}/${name}`,
    forward: {
      node,
      inChannel,
      outChannel,
      inAmountMsat,
      outAmountMsat,
      outcome,
      ...(failureReason !== undefined && { failureReason }),
    },
  };
}

/** Whether a payment came back to its sender: a rebalance. */
export function isSelfPayment(node: string, payment: NodePayment): boolean {
  return payment.attempts.some(({ hops }) => hops.at(-1)?.node === node);
}

/**
 * What a payment means: a rebalance for each part that came back to the node itself, with its fee at
 * the channel that received it; a transaction where somebody else was paid.
 */
export function paymentEvents(node: string, payment: NodePayment): LensEvent[] {
  if (!isSelfPayment(node, payment)) {
    const { paymentHash, createdMs, amountMsat, feeMsat, failureReason } = payment;
    const success = payment.status === "succeeded";
    const receiver = payment.attempts.at(-1)?.hops.at(-1)?.node ?? UNKNOWN_SENDER;
    return [{
      kind: "transaction",
      timeMs: createdMs,
      eventId: `payment/${paymentHash}`,
      transaction: {
        id: paymentHash,
        sender: node,
        receiver,
        amountMsat,
        success,
        feeMsat,
        attempts: payment.attempts.length,
        ...(failureReason !== undefined && { failureReason }),
        transactionType: "payment",
      },
    }];
  }
  const arrived = payment.attempts.filter(({ status }) => status === "succeeded");
  return arrived.map((attempt, part) => ({
    kind: "rebalance",
    timeMs: attempt.resolvedMs ?? payment.createdMs,
    eventId: `rebalance/${payment.paymentHash}/${part}`,
    rebalance: {
      id: `${payment.paymentHash.slice(0, 16)}/${part}`,
      node,
      sourceChannel: attempt.hops[0].channelId,
      targetChannel: attempt.hops.at(-1)!.channelId,
      status: "applied",
      amountMsat: attempt.amountMsat,
      feeMsat: attempt.feeMsat,
      attempts: payment.attempts.length,
      channels: [],
    },
  }));
}

/** Something received from somebody else. */
export function receiptEvent(node: string, receipt: NodeReceipt): LensEvent {
  const { paymentHash, settledMs, amountMsat } = receipt;
  return {
    kind: "transaction",
    timeMs: settledMs,
    eventId: `receipt/${paymentHash}`,
    transaction: {
      id: paymentHash,
      sender: UNKNOWN_SENDER,
      receiver: node,
      amountMsat,
      success: true,
      transactionType: "payment",
    },
  };
}
