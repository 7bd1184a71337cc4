import type { ChannelState } from "../protocol/mod.ts";

/** A channel as its node sees it now. */
export interface OwnChannel extends ChannelState {
  /** HTLCs that have not ended. */
  pendingHtlcs: number;
}

/** A payment of a node to itself: out by one channel, back by a peer. */
export interface SelfPayment {
  paymentRequest: string;
  paymentHash: string;
  amountMsat: number;
  /** Fees of the whole way at most; the node keeps to it. */
  feeLimitMsat: number;
  /** The channel by which it leaves. */
  sourceChannel: string;
  /** Public key of the peer by which it comes back. */
  targetPeer: string;
  /** No new route is tried after this time. */
  timeoutMs: number;
  /** Blocks that the way may lock at most. */
  cltvLimit: number;
}

/** One route that failed. */
export interface RouteFailure {
  /** Channels from the source to the one that failed, in the order of the route. */
  channels: string[];
  /** What the failing channel was to carry. */
  amountMsat: number;
  reason: string;
}

/** How a payment stands. */
export type PaymentState =
  | {
    state: "settled";
    amountMsat: number;
    feeMsat: number;
    /** The channel by which it came back, as far as the node knows. */
    arrivedBy?: string;
  }
  | { state: "failed"; reason: string; failures: RouteFailure[] }
  | { state: "in_flight" }
  /** The node knows no such payment: it was never sent, or its failure was deleted. */
  | { state: "unknown" };

/** What an {@linkcode Executor} needs of a node. All calls reject with an UnreachableError when the answer is lost. */
export interface PaymentNode {
  /** All channels of the node. */
  channels(): Promise<OwnChannel[]>;
  /** An invoice on oneself that nobody can pay after it has expired. */
  createInvoice(
    invoice: { amountMsat: number; expiryMs: number; memo: string },
  ): Promise<{ paymentRequest: string; paymentHash: string }>;
  /** Sends and waits for the end, or for `in_flight` when that takes too long. */
  pay(payment: SelfPayment): Promise<PaymentState>;
  /** Waits for the end of a payment for at most so long. */
  track(paymentHash: string, waitMs: number): Promise<PaymentState>;
  /** Removes a failed payment from the node's records. */
  forget(paymentHash: string): Promise<void>;
}
