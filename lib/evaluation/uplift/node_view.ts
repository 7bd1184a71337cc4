import { isDemand, RetryFilter, type WindowFlow } from "../../liquidity/mod.ts";
import type { ChannelState, LensEvent, SuggestionResult } from "../../protocol/mod.ts";

/** One wish to move an amount through a channel, served or refused for lack of balance here. */
export interface SeenFlow extends WindowFlow {
  timeMs: number;
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
  readonly #flows = new Map<string, SeenFlow[]>();
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
      const { timeMs } = event;
      const feeMsat = inAmountMsat - outAmountMsat;
      this.#add(inChannel, { timeMs, direction: "in", amountMsat: inAmountMsat, feeMsat });
      this.#add(outChannel, { timeMs, direction: "out", amountMsat: outAmountMsat, feeMsat });
    } else if (event.kind === "rebalance" && event.rebalance.node === this.node) {
      for (const channel of event.rebalance.channels) this.channels.set(channel.channelId, channel);
      this.rebalances.push({ timeMs: event.timeMs, result: event.rebalance });
    }
  }

  #add(channelId: string, flow: SeenFlow): void {
    const flows = this.#flows.get(channelId);
    if (flows === undefined) this.#flows.set(channelId, [flow]);
    else flows.push(flow);
  }

  /** What was attempted through a channel in (fromMs, toMs], in order of time. */
  flows(channelId: string, fromMs: number, toMs: number): SeenFlow[] {
    return (this.#flows.get(channelId) ?? []).filter(({ timeMs }) =>
      timeMs > fromMs && timeMs <= toMs
    );
  }

  /** Satoshis that were to go out by a channel in (fromMs, toMs]. */
  outflowSat(channelId: string, fromMs: number, toMs: number): number {
    return this.flows(channelId, fromMs, toMs)
      .reduce((sum, flow) => flow.direction === "out" ? sum + flow.amountMsat / 1000 : sum, 0);
  }

  /** Local over capacity, 0 to 1. */
  static ratio({ localBalanceSat, capacitySat }: ChannelState): number {
    return localBalanceSat / capacitySat;
  }
}
