import type { Network } from "../network/mod.ts";
import type { ForwardOutcome, Policy } from "../protocol/mod.ts";

/** Which node it is, and whether it is ready. */
export interface NodeInfo {
  /** Public key, 66 hexadecimal digits. */
  nodeId: string;
  alias: string;
  version: string;
  /** `mainnet`, `testnet`, `testnet4`, `signet`, `regtest` or `simnet`. */
  network: string;
  blockHeight: number;
  /** Whether it knows the newest block, and the newest gossip. */
  syncedToChain: boolean;
  syncedToGraph: boolean;
}

/** An open channel as its owner sees it. */
export interface NodeChannel {
  /** The name that the same node uses in its graph and its history. */
  channelId: string;
  /** Outpoint of the funding transaction, `txid:index`. */
  channelPoint: string;
  peer: string;
  capacitySat: number;
  /** What is settled on either side: without commitment fee, anchors and HTLCs under way. */
  localBalanceSat: number;
  remoteBalanceSat: number;
  /** What either side must keep. */
  localReserveSat: number;
  remoteReserveSat: number;
  /** HTLCs under way in both directions. */
  pendingHtlcs: number;
  /** The block height at which the first of them times out; undefined where there is none. */
  nextExpiryHeight: number | undefined;
  active: boolean;
  private: boolean;
  /** Terms of this node and of the peer; undefined where not known. */
  localPolicy?: Policy;
  remotePolicy?: Policy;
}

/** A channel that is no more. */
export interface ClosedChannel {
  channelId: string;
  channelPoint: string;
  peer: string;
  capacitySat: number;
  closeHeight: number;
}

/** An HTLC that came in by one channel and left, or should have left, by another. */
export interface NodeForward {
  /** When it was decided, Unix ms. */
  timeMs: number;
  inChannel: string;
  outChannel: string;
  inAmountMsat: number;
  outAmountMsat: number;
  outcome: ForwardOutcome;
  failureReason?: string;
  /** Number of the HTLC in the incoming channel: unique there. Older nodes don't tell. */
  inHtlcId?: string;
}

/** One channel of a route: where it leads and what it carries. */
export interface RouteHop {
  channelId: string;
  /** The node at its far end. */
  node: string;
  /** What enters the channel. */
  amountMsat: number;
}

/** One try of a payment, or of a part of it. */
export interface PaymentAttempt {
  status: "in_flight" | "succeeded" | "failed";
  hops: RouteHop[];
  /** What arrives. */
  amountMsat: number;
  feeMsat: number;
  /** When it ended, Unix ms; undefined while under way. */
  resolvedMs: number | undefined;
  failure?: AttemptFailure;
}

/** Why an attempt failed. */
export interface AttemptFailure {
  code: string;
  /** How many hops away: 0 is this node. Undefined where nobody could tell. */
  atHop?: number;
  /** Terms that the node which failed it sent along. */
  update?: PolicyUpdate;
}

/** Terms of one direction of a channel, as their owner tells them. */
export interface PolicyUpdate {
  channelId: string;
  /** Whose terms: of the end with the smaller public key, or of the other. */
  of: "smaller_key" | "larger_key";
  policy: Policy;
}

/** A payment of this node. */
export interface NodePayment {
  /** Hexadecimal. */
  paymentHash: string;
  status: "in_flight" | "succeeded" | "failed";
  createdMs: number;
  amountMsat: number;
  feeMsat: number;
  failureReason?: string;
  attempts: PaymentAttempt[];
}

/** What this node was paid. */
export interface NodeReceipt {
  paymentHash: string;
  settledMs: number;
  amountMsat: number;
}

/** One page of a history. */
export interface HistoryPage<Item> {
  /** Oldest first. Items at the edges of pages may come twice. */
  items: Item[];
  /** Where the next page starts. */
  next: number;
  /** Where a later reading must start: nothing before it can change any more. */
  resume: number;
  /** Whether the node has further items now. */
  more: boolean;
}

/** Which page of a history. */
export interface PageRequest {
  /** 0 for the beginning, else a page's `next` or `resume`. */
  from: number;
  /** Items at most. */
  limit: number;
}

/** What can be followed. */
export const STREAMS = ["forwards", "channels", "graph"] as const;
export type StreamName = typeof STREAMS[number];

/** What a stream tells. */
export type StreamEvent =
  /** The node listens to us: what happens from now on is told. */
  | { kind: "listening" }
  | { kind: "forward"; forward: NodeForward }
  /** Own channels or their terms changed: ask for them. */
  | { kind: "channels_changed" }
  /** Something else in the graph changed. */
  | { kind: "graph_changed" };

/**
 * A Lightning node that is read from. Methods reject with `UnreachableError` where the node is not
 * there or not ready, with `RefusedError` where it does not let us, and with `InputError` where its
 * answer can't be understood; no message holds a credential.
 */
export interface LightningNode {
  /** Address for people; no credentials in it. */
  readonly address: string;
  info(): Promise<NodeInfo>;
  /** Open channels with balances and both policies. */
  channels(): Promise<NodeChannel[]>;
  closedChannels(): Promise<ClosedChannel[]>;
  /** Forwards that settled. Those that failed are told by the stream alone, and then forgotten. */
  forwards(page: PageRequest): Promise<HistoryPage<NodeForward>>;
  /** Payments that have ended. */
  payments(page: PageRequest): Promise<HistoryPage<NodePayment>>;
  /** What was received; undefined where the credential does not reach that far. */
  receipts(page: PageRequest): Promise<HistoryPage<NodeReceipt> | undefined>;
  graph(): Promise<Network>;
  /**
   * Follows one stream until the signal. Begins with `listening`; ends or rejects when the
   * connection does.
   */
  follow(stream: StreamName, signal: AbortSignal): AsyncIterable<StreamEvent>;
  /** Lets go of connections. */
  close(): void;
}
