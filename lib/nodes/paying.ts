import type { PaymentAttempt, RouteHop } from "./types.ts";

/** An invoice of a node to itself: its hash is known before anything is sent. */
export interface SelfInvoice {
  /** Hexadecimal. */
  paymentHash: string;
  paymentRequest: string;
  /** Hexadecimal; proves to the receiver that the sender has the invoice. */
  paymentAddress: string;
  /** 0 where any amount will do. */
  amountMsat: number;
}

/** Blocks that the last hop to an own invoice must leave. */
export const FINAL_CLTV = {
  /** What the invoice asks for. */
  asked: 40,
  /** More than that, for blocks that are found while the payment is on its way. */
  sent: 43,
} as const;

/** What {@linkcode PayingNode.createInvoice} needs. */
export interface InvoiceRequest {
  /** 0 for any amount. */
  amountMsat: number;
  memo: string;
  /** The invoice can't be paid after this time. */
  expiryMs: number;
}

/** A circular payment whose route the node chooses. */
export interface RebalanceOrder {
  invoice: SelfInvoice;
  /** Channels by which it may leave; the node may take a parallel channel to the same peer. */
  sourceChannels: readonly string[];
  /** The peer by which it comes back. */
  targetPeer: string;
  /** Fee at most. 0 means that only free routes will do. */
  feeLimitMsat: number;
  /** Parts at most. */
  maxParts: number;
  /** No further attempt is begun after this time; those under way go on. */
  timeoutMs: number;
  /** Blocks that an HTLC may be locked up at most; the node's own limit when left out. */
  cltvLimit?: number;
}

/** One attempt along a route of our choice. */
export interface RouteOrder {
  invoice: SelfInvoice;
  /** From an own channel to an own channel; the last hop's node is this node. */
  hops: readonly TimedHop[];
  /** The chain's height: time locks count from it. */
  blockHeight: number;
}

/** A hop with the time that its channel asks for. */
export interface TimedHop extends RouteHop {
  /** Blocks that the terms of this channel ask for; of no account for the first. */
  cltvDelta: number;
}

/** What became of a payment. */
export type PaymentOutcome =
  | { status: "succeeded"; amountMsat: number; feeMsat: number; attempts: PaymentAttempt[] }
  | { status: "failed"; reason: string; attempts: PaymentAttempt[] }
  /** It may still settle: the connection ended, or the time to wait, before the payment did. */
  | { status: "in_flight" }
  /** The node has no such payment: nothing was sent under this hash. */
  | { status: "unknown" };

/**
 * A node that pays itself, for rebalancing. It can't pay anybody else: invoices are its own.
 * Failures of payments are values; methods reject as those of `LightningNode` do. After `in_flight`
 * or a rejection the money may be on its way, and `track` tells; but not after a `RefusedError`,
 * which means that nothing was done.
 */
export interface PayingNode {
  readonly address: string;
  /** An invoice to itself. Nothing is sent. */
  createInvoice(request: InvoiceRequest): Promise<SelfInvoice>;
  /** Pays an own invoice by a route that the node finds. */
  rebalance(order: RebalanceOrder): Promise<PaymentOutcome>;
  /**
   * Pays an own invoice along one given route. After a failure the same invoice can be paid again;
   * what `track` tells is of the last attempt that has reached the node.
   */
  sendAlong(order: RouteOrder): Promise<PaymentOutcome>;
  /** What became of a payment. Waits for its end, but no longer than `waitMs`. */
  track(paymentHash: string, waitMs: number): Promise<PaymentOutcome>;
  /** Makes the node forget a payment that failed. */
  deleteFailedPayment(paymentHash: string): Promise<void>;
  close(): void;
}
