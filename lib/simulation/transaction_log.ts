import { msatToSat } from "../core/mod.ts";
import {
  type ChannelState,
  legacyChannels,
  type LensEvent,
  type Transaction,
  wireTime,
} from "../protocol/mod.ts";

/** A payment whose channel states have not all been seen. */
interface OpenTransaction {
  timeMs: number;
  id: string;
  transaction: Transaction;
  before: ChannelState[];
  after: ChannelState[];
  hops?: number;
}

/**
 * Turns events into rows of the first project's transaction files: each payment with the channels
 * it moved, before and after. Channel states that no payment explains become rows of the type
 * `snapshot`.
 */
export class TransactionLog {
  readonly #states = new Map<string, ChannelState>();
  #open: OpenTransaction | undefined;

  /** @param states the observed channels at the start */
  constructor(states: readonly ChannelState[]) {
    for (const state of states) this.#states.set(keyOf(state), state);
  }

  /**
   * Takes the next event; returns the rows that are complete with it.
   *
   * @param hops length of the route of a `transaction`
   */
  take(event: LensEvent, hops?: number): Record<string, unknown>[] {
    if (event.kind === "transaction") {
      const rows = this.finish();
      this.#open = {
        timeMs: event.timeMs,
        id: event.eventId ?? "",
        transaction: event.transaction,
        before: [],
        after: [],
        hops,
      };
      return rows;
    }
    if (event.kind !== "channel_state") return [];
    const { channel, timeMs } = event;
    const before = this.#states.get(keyOf(channel));
    this.#states.set(keyOf(channel), channel);
    if (this.#open?.timeMs === timeMs && this.#open.transaction.success && before !== undefined) {
      this.#open.before.push(before);
      this.#open.after.push(channel);
      return [];
    }
    return [...this.finish(), snapshot(timeMs, channel)];
  }

  /** The row of the last payment, when there is one that was not returned yet. */
  finish(): Record<string, unknown>[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    return [row(open)];
  }
}

function row({ timeMs, id, transaction: t, before, after, hops }: OpenTransaction) {
  const balance = (states: readonly ChannelState[], node: string) => {
    const own = states.filter((state) => state.node === node);
    return own.length === 0
      ? undefined
      : own.reduce((sum, { localBalanceSat }) => sum + localBalanceSat, 0);
  };
  return {
    timestamp: wireTime(timeMs),
    type: t.transactionType,
    sender: t.sender,
    receiver: t.receiver,
    amount: msatToSat(t.amountMsat),
    fee: msatToSat(t.feeMsat ?? 0),
    route_length: hops,
    success: t.success,
    payment_hash: id,
    description: t.failureReason ?? "",
    duration_ms: t.durationMs,
    channel_before: JSON.stringify(legacyChannels(before)),
    channel_after: JSON.stringify(legacyChannels(after)),
    sender_balance_before: balance(before, t.sender),
    sender_balance_after: balance(after, t.sender),
    receiver_balance_before: balance(before, t.receiver),
    receiver_balance_after: balance(after, t.receiver),
  };
}

function snapshot(timeMs: number, channel: ChannelState) {
  const channels = JSON.stringify(legacyChannels([channel]));
  return {
    timestamp: wireTime(timeMs),
    type: "snapshot",
    sender: channel.node,
    receiver: channel.peer,
    amount: 0,
    success: true,
    channel_before: channels,
    channel_after: channels,
  };
}

function keyOf({ node, channelId }: ChannelState): string {
  return `${node} ${channelId}`;
}
