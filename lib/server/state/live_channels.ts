import { channelKey } from "../../liquidity/mod.ts";
import type { ChannelState, LensEvent } from "../../protocol/mod.ts";
import type { ChannelRow } from "../../store/mod.ts";

/** Counts since the start of the journal that is kept. */
export interface Totals {
  payments: number;
  paymentsSucceeded: number;
  forwards: number;
  forwardsSettled: number;
  /** Failed at this node for lack of balance. */
  forwardsLacking: number;
  feesEarnedMsat: number;
  rebalancesApplied: number;
  rebalanceCostMsat: number;
}

/** The channels as they are, what changed lately, and totals. O(1) per event. */
export class LiveChannels {
  #rows = new Map<string, ChannelRow>();
  #changed = new Map<string, ChannelRow>();
  readonly totals: Totals = {
    payments: 0,
    paymentsSucceeded: 0,
    forwards: 0,
    forwardsSettled: 0,
    forwardsLacking: 0,
    feesEarnedMsat: 0,
    rebalancesApplied: 0,
    rebalanceCostMsat: 0,
  };

  /** Channels known. */
  get size(): number {
    return this.#rows.size;
  }

  see(event: LensEvent): void {
    const { totals } = this;
    switch (event.kind) {
      case "channel_state":
        this.put(event.timeMs, event.channel);
        break;
      case "transaction":
        if (event.transaction.transactionType === "rebalance") break;
        totals.payments++;
        if (event.transaction.success) totals.paymentsSucceeded++;
        break;
      case "forward":
        totals.forwards++;
        if (event.forward.outcome === "settled") {
          totals.forwardsSettled++;
          totals.feesEarnedMsat += event.forward.inAmountMsat - event.forward.outAmountMsat;
        } else if (event.forward.failureReason === "insufficient_balance") {
          totals.forwardsLacking++;
        }
        break;
      case "rebalance":
        if (event.rebalance.status === "applied") {
          totals.rebalancesApplied++;
          totals.rebalanceCostMsat += event.rebalance.feeMsat;
        }
        for (const channel of event.rebalance.channels) this.put(event.timeMs, channel);
        break;
    }
  }

  /** A channel's state; one that is older than the known one is ignored. */
  put(timeMs: number, channel: ChannelState): void {
    const row = { timeMs, channel };
    const key = rowKey(row);
    const known = this.#rows.get(key);
    if (known !== undefined && timeMs < known.timeMs) return;
    this.#rows.set(key, row);
    this.#changed.set(key, row);
  }

  get(key: string): ChannelRow | undefined {
    return this.#rows.get(key);
  }

  /** All channels, in the order in which they were first seen; of one node where one is given. */
  list(node?: string): ChannelRow[] {
    const rows = [...this.#rows.values()];
    return node === undefined ? rows : rows.filter((row) => row.channel.node === node);
  }

  /** What changed since the last call. */
  takeChanged(): ChannelRow[] {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    return changed;
  }
}

/** Key of whatever tells of a channel. */
export function rowKey({ channel }: { channel: ChannelState }): string {
  return channelKey(channel.node, channel.channelId);
}

/** Key of the channel that an event is about, where it is about one. */
export function eventChannelKey(event: LensEvent): string | undefined {
  switch (event.kind) {
    case "channel_state":
      return channelKey(event.channel.node, event.channel.channelId);
    case "forward":
      return channelKey(event.forward.node, event.forward.outChannel);
    case "rebalance":
      return channelKey(event.rebalance.node, event.rebalance.targetChannel);
    case "transaction":
      return undefined;
  }
}
