import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import type { ChannelState } from "../protocol/mod.ts";
import { type Flow, FlowMemory } from "./flow_memory.ts";
import { HourRing } from "./hour_ring.ts";

/** Below this share of the capacity a side counts as empty. */
const EMPTY_SHARE = 0.01;
const SHARE_HALF_LIFE_MS = DAY_MS;

/** What is kept of one channel. */
export class ChannelTrack {
  state: ChannelState | undefined;
  stateMs = -Infinity;
  /** Flows of the forwards, or of balances where the node shows no forwards. */
  readonly flows = new FlowMemory();
  readonly hours = new HourRing();
  firstSeenMs = Infinity;
  lastSeenMs = -Infinity;
  lastOutMs = -Infinity;
  lastInMs = -Infinity;
  /** Forwards that touched the channel, whatever became of them. */
  forwardsSeen = 0;
  /** Settled out of this channel, over all time. */
  settledOutMsat = 0;
  earnedMsat = 0;
  /** Sat by which own rebalances moved the local balance since the last state. */
  ownShiftSat = 0;
  /** Attempts that settled and all attempts, failures downstream included, decayed over a week. */
  readonly settled = new DecayedCount(7 * DAY_MS);
  readonly attempts = new DecayedCount(7 * DAY_MS);
  readonly attemptedSat = new DecayedCount(7 * DAY_MS);
  /** Share of the time without outbound and without inbound, decayed over a day. */
  #emptyShare = NaN;
  #fullShare = NaN;
  #sharesMs = -Infinity;

  constructor(readonly node: NodeTrack, readonly channelId: string, readonly key: string) {}

  /** Notes that something was heard of the channel. */
  seen(timeMs: number): void {
    this.firstSeenMs = Math.min(this.firstSeenMs, timeMs);
    this.lastSeenMs = Math.max(this.lastSeenMs, timeMs);
  }

  /** Enters demand into all memories. */
  addFlow(timeMs: number, flow: Flow): void {
    this.flows.add(timeMs, flow);
    const out = flow.direction === "out";
    this.hours.add(timeMs, out ? flow.amountSat : -flow.amountSat, flow.feeMsat);
    if (out) this.lastOutMs = Math.max(this.lastOutMs, timeMs);
    else this.lastInMs = Math.max(this.lastInMs, timeMs);
  }

  /** Counts an attempt, demand or not. */
  addAttempt(timeMs: number, settled: boolean, amountSat: number): void {
    this.attempts.add(timeMs, 1);
    this.attemptedSat.add(timeMs, amountSat);
    if (settled) this.settled.add(timeMs, 1);
  }

  /** Takes a newer state. The balance until now was that of the old one. */
  setState(timeMs: number, state: ChannelState): void {
    const shares = this.shares(timeMs);
    this.#emptyShare = shares.empty;
    this.#fullShare = shares.full;
    this.#sharesMs = timeMs;
    this.state = state;
    this.stateMs = timeMs;
    this.ownShiftSat = 0;
  }

  /** Decayed share of the time with less than 1 % of the capacity on a side; NaN where unknown. */
  shares(timeMs: number): { empty: number; full: number } {
    if (this.state === undefined) return { empty: NaN, full: NaN };
    const { capacitySat, localBalanceSat, remoteBalanceSat } = this.state;
    const empty = localBalanceSat < EMPTY_SHARE * capacitySat ? 1 : 0;
    const full = remoteBalanceSat < EMPTY_SHARE * capacitySat ? 1 : 0;
    if (Number.isNaN(this.#emptyShare)) return { empty, full };
    const keep = 2 ** (-Math.max(0, timeMs - this.#sharesMs) / SHARE_HALF_LIFE_MS);
    return {
      empty: this.#emptyShare * keep + empty * (1 - keep),
      full: this.#fullShare * keep + full * (1 - keep),
    };
  }

  /** How long flows of this channel would have been seen: with states since the first of them, else as long as its node. */
  observedMs(timeMs: number): number {
    const since = this.state === undefined ? this.node.firstSeenMs : this.firstSeenMs;
    return Math.max(0, timeMs - since);
  }
}

/** What is kept of one node: sums over its channels. */
export class NodeTrack {
  /** Forwards were seen: flows come from them, and balances tell nothing that they don't. */
  hasForwards = false;
  firstSeenMs = Infinity;
  lastSeenMs = -Infinity;
  readonly flows = new FlowMemory();
  /** Own channels by peer, so that parallel channels can be taken together. */
  readonly peers = new Map<string, PeerTrack>();
  /** Over channels with a known state. */
  channels = 0;
  capacitySat = 0;
  localSat = 0;
  /** Payments from or to this node, where transactions are shown, decayed over a week. */
  readonly payments = new DecayedCount(7 * DAY_MS);
  readonly paid = new DecayedCount(7 * DAY_MS);
  readonly paidSat = new DecayedCount(7 * DAY_MS);
  /** Balance changes up to and including this time are the node's own rebalances. */
  rebalancingMs = -Infinity;

  constructor(readonly name: string) {}

  /** Notes that something was heard of the node. */
  seen(timeMs: number): void {
    this.firstSeenMs = Math.min(this.firstSeenMs, timeMs);
    this.lastSeenMs = Math.max(this.lastSeenMs, timeMs);
  }

  /** The sums over the channels with one peer. */
  peer(name: string): PeerTrack {
    let track = this.peers.get(name);
    if (track === undefined) this.peers.set(name, track = new PeerTrack());
    return track;
  }
}

/** Sums over the channels of a node with one peer. */
export class PeerTrack {
  readonly flows = new FlowMemory();
  channels = 0;
  capacitySat = 0;
  localSat = 0;
}

/** A decayed sum with one half-life; late entries weigh what they would by now. */
export class DecayedCount {
  #value = 0;
  #timeMs = -Infinity;
  constructor(readonly halfLifeMs: number) {}

  add(timeMs: number, amount: number): void {
    if (timeMs > this.#timeMs) {
      this.#value = this.at(timeMs);
      this.#timeMs = timeMs;
    }
    this.#value += amount * 2 ** (-(this.#timeMs - timeMs) / this.halfLifeMs);
  }

  /** The sum as of a time. */
  at(timeMs: number): number {
    if (this.#value === 0) return 0;
    return this.#value * 2 ** (-Math.max(0, timeMs - this.#timeMs) / this.halfLifeMs);
  }
}

/** Hours from one time to another; NaN when the first never was. */
export function hoursSince(fromMs: number, timeMs: number): number {
  return Number.isFinite(fromMs) ? Math.max(0, timeMs - fromMs) / HOUR_MS : NaN;
}
