import { isDemand, RetryFilter, type WindowFlow } from "../../liquidity/mod.ts";
import type { ChannelState, LensEvent, SuggestionResult } from "../../protocol/mod.ts";

/** A forward that was wanted, whether it was served or refused for lack of balance here. */
export interface Wish {
  timeMs: number;
  inChannel: string;
  outChannel: string;
  inAmountMsat: number;
  outAmountMsat: number;
}

/** What became of an own rebalance, and when. */
export interface SeenRebalance {
  timeMs: number;
  result: SuggestionResult;
}

/**
 * All that one node can see of itself: its channels as they are, what was attempted through them,
 * and what became of its own rebalances. Every policy decides from this and the public graph.
 */
export class NodeView {
  /** Newest states by channel id. */
  readonly channels = new Map<string, ChannelState>();
  readonly #wishes = new Map<string, Wish[]>();
  readonly #retries = new RetryFilter();
  readonly rebalances: SeenRebalance[] = [];

  constructor(readonly node: string) {}

  /** Takes an event of this node; those of others are passed over. */
  observe(event: LensEvent): void {
    if (event.kind === "channel_state" && event.channel.node === this.node) {
      this.channels.set(event.channel.channelId, event.channel);
    } else if (event.kind === "forward" && event.forward.node === this.node) {
      const { inChannel, outChannel, inAmountMsat, outAmountMsat } = event.forward;
      // Decided for every forward: the filter remembers failures and successes alike.
      const repeated = this.#retries.repeats(event.forward, event.timeMs);
      if (repeated || !isDemand(event.forward)) return;
      const wish = { timeMs: event.timeMs, inChannel, outChannel, inAmountMsat, outAmountMsat };
      this.#add(inChannel, wish);
      this.#add(outChannel, wish);
    } else if (event.kind === "rebalance" && event.rebalance.node === this.node) {
      for (const channel of event.rebalance.channels) this.channels.set(channel.channelId, channel);
      this.rebalances.push({ timeMs: event.timeMs, result: event.rebalance });
    }
  }

  #add(channelId: string, wish: Wish): void {
    const wishes = this.#wishes.get(channelId);
    if (wishes === undefined) this.#wishes.set(channelId, [wish]);
    else wishes.push(wish);
  }

  /** Forwards that were wanted through a channel in (fromMs, toMs], in order of time. */
  wishes(channelId: string, fromMs: number, toMs: number): Wish[] {
    return (this.#wishes.get(channelId) ?? []).filter(({ timeMs }) =>
      timeMs > fromMs && timeMs <= toMs
    );
  }

  /** Satoshis that were to go out by a channel in (fromMs, toMs]. */
  outflowSat(channelId: string, fromMs: number, toMs: number): number {
    return this.wishes(channelId, fromMs, toMs).reduce(
      (sum, wish) => wish.outChannel === channelId ? sum + wish.outAmountMsat / 1000 : sum,
      0,
    );
  }

  /** Local over capacity, 0 to 1. */
  static ratio({ localBalanceSat, capacitySat }: ChannelState): number {
    return localBalanceSat / capacitySat;
  }
}

/** Wishes as flows of one of their channels. */
export function flowsOf(wishes: readonly Wish[], channelId: string): WindowFlow[] {
  return wishes.map((wish) => {
    const feeMsat = wish.inAmountMsat - wish.outAmountMsat;
    return wish.outChannel === channelId
      ? { direction: "out", amountMsat: wish.outAmountMsat, feeMsat }
      : { direction: "in", amountMsat: wish.inAmountMsat, feeMsat };
  });
}
