import { HOUR_MS } from "../../../core/mod.ts";
import type { ChannelState, Suggestion } from "../../../protocol/mod.ts";
import type { NodeView } from "../node_view.ts";

/** Suggestions a node at most in one plan, the same for every policy. */
export const MOST_SUGGESTIONS = 10;
/** Smallest and largest amount of one suggestion, the same for every simple policy. */
export const LEAST_AMOUNT_SAT = 10_000;
export const MOST_AMOUNT_SAT = 2_560_000;
/** A pair of channels whose rebalance failed is left alone for so long. */
const FAILED_PAIR_MS = 24 * HOUR_MS;
/** Nobody plans to use a channel up: this share of the capacity stays on either side. */
const RESERVE_RATIO = 0.02;

/** A channel while a plan is made: what was chosen already has moved its balance. */
export class Stock {
  #movedSat = 0;
  constructor(readonly channel: ChannelState) {}

  get localSat(): number {
    return this.channel.localBalanceSat + this.#movedSat;
  }
  get remoteSat(): number {
    return this.channel.remoteBalanceSat - this.#movedSat;
  }
  /** What it can send or receive without touching the reserve. */
  get givableSat(): number {
    return Math.max(0, this.localSat - RESERVE_RATIO * this.channel.capacitySat);
  }
  get takeableSat(): number {
    return Math.max(0, this.remoteSat - RESERVE_RATIO * this.channel.capacitySat);
  }
  receive(amountSat: number): void {
    this.#movedSat += amountSat;
  }
}

/** Own fee rate on what goes out by a channel, ppm. */
export function ownPpm(channel: ChannelState): number {
  return channel.localPolicy?.feeRatePpm ?? 0;
}

/** Channels of a node that are up, in the order of their ids. */
export function activeChannels(view: NodeView): ChannelState[] {
  return [...view.channels.values()].filter(({ active }) => active)
    .sort((a, b) => a.channelId < b.channelId ? -1 : 1);
}

/** Whether a rebalance of this pair failed not long ago. */
export function failedLately(
  view: NodeView,
  pair: { source: ChannelState; target: ChannelState },
  timeMs: number,
): boolean {
  return view.rebalances.some(({ timeMs: thenMs, result }) =>
    result.status === "failed" && timeMs - thenMs < FAILED_PAIR_MS &&
    result.sourceChannel === pair.source.channelId && result.targetChannel === pair.target.channelId
  );
}

/** A rebalance that a policy wants. */
export interface Wanted {
  source: ChannelState;
  target: ChannelState;
  amountSat: number;
  feeLimitMsat: number;
  /** What it is thought to earn before fees, msat, and the route to cost. */
  gainMsat: number;
  feeMsat: number;
}

/** The same in the form that is carried out. */
export function suggestionFrom(wanted: Wanted, timeMs: number): Suggestion {
  const { source, target } = wanted;
  return {
    id: `${target.node.slice(0, 16)}-${source.channelId}-${target.channelId}-${timeMs}`,
    node: target.node,
    sourceNode: source.peer,
    sourceChannel: source.channelId,
    targetNode: target.peer,
    targetChannel: target.channelId,
    amountMsat: wanted.amountSat * 1000,
    feeLimitMsat: Math.floor(wanted.feeLimitMsat),
    // Simple policies do not say how sure they are; nobody judges this number.
    confidence: 1,
    expectedGainMsat: Math.floor(wanted.gainMsat - wanted.feeMsat),
    expectedFeeMsat: Math.ceil(wanted.feeMsat),
    sourceOptimalRatio: 0.5,
    targetOptimalRatio: 0.5,
    expiresAt: timeMs + HOUR_MS,
    reasons: [],
  };
}
