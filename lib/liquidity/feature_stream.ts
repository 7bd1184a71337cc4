import { MSAT_PER_SAT } from "../core/mod.ts";
import type {
  ChannelState,
  Forward,
  LensEvent,
  SuggestionResult,
  Transaction,
} from "../protocol/mod.ts";
import { ChannelTrack, NodeTrack } from "./channel_track.ts";
import { type ChannelDemand, isDemand, RetryFilter } from "./demand.ts";
import { FEATURE_NAMES, type PeerFacts, writeVector } from "./feature_vector.ts";
import { channelKey } from "./forecast.ts";

/** What is known of how long and how well a channel is known. */
export interface ChannelStats {
  /** Forwards through the channel, or balance changes where no forwards are shown. */
  forwardsSeen: number;
  firstSeenMs: number;
  lastSeenMs: number;
  /** How long its flows would have been seen by the stream's newest event. */
  observedMs: number;
  /** Earned on what goes out: own policy at the usual amount, else the average observed, ppm. */
  earnedPpm: number;
}

/** Events that were not plain sailing. */
export interface StreamCounts {
  events: number;
  /** Older than the newest event of all; entered where that is possible. */
  late: number;
  /** States older than the one known: not taken. */
  staleStates: number;
  /** Failed forwards that repeat one counted before. */
  retries: number;
  /** Events without a usable time: not taken. */
  unusable: number;
}

/** Settings of a {@linkcode FeatureStream}. */
export interface FeatureStreamOptions {
  /** Told of every demand in the order of arrival, so that labels come from the same rule. */
  onDemand?: (demand: ChannelDemand) => void;
  /** `auto`: forwards, or balances of nodes that show none. `forwards`: never from balances. */
  flowsFrom?: "auto" | "forwards";
}

/**
 * Features of channels from events, one at a time: the only implementation, for files as for live
 * data. An event costs O(1), whatever the history.
 *
 * Flows come from forwards. Where a node shows none, they are the changes between successive
 * balances, less those by own rebalances; once it shows one they come from forwards only, so
 * nothing counts twice.
 *
 * @example
 * ```ts
 * import { FeatureStream } from "../../lib/liquidity/mod.ts";
 * const stream = new FeatureStream();
 * const forward = { node: "me", inChannel: "a", outChannel: "b", inAmountMsat: 100_100,
 *   outAmountMsat: 100_000, outcome: "settled" as const };
 * stream.update({ kind: "forward", timeMs: 0, forward });
 * if ([...stream.keys()].length !== 2) throw new Error("one forward touches two channels");
 * ```
 */
export class FeatureStream {
  readonly counts: StreamCounts = { events: 0, late: 0, staleStates: 0, retries: 0, unusable: 0 };
  #tracks = new Map<string, ChannelTrack>();
  #nodes = new Map<string, NodeTrack>();
  #peerFacts = new Map<string, PeerFacts>();
  #retries = new RetryFilter();
  #lastMs = -Infinity;
  #onDemand: ((demand: ChannelDemand) => void) | undefined;
  #fromBalances: boolean;

  constructor(options: FeatureStreamOptions = {}) {
    this.#onDemand = options.onDemand;
    this.#fromBalances = options.flowsFrom !== "forwards";
  }

  /** Time of the newest event, Unix ms; -Infinity before the first. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Takes one event. Late ones are entered with their own time; see {@linkcode StreamCounts}. */
  update(event: LensEvent): void {
    if (!Number.isFinite(event.timeMs)) {
      this.counts.unusable++;
      return;
    }
    this.counts.events++;
    if (event.timeMs < this.#lastMs) this.counts.late++;
    else this.#lastMs = event.timeMs;
    switch (event.kind) {
      case "channel_state":
        return this.#state(event.timeMs, event.channel);
      case "forward":
        return this.#forward(event.timeMs, event.forward);
      case "transaction":
        return this.#transaction(event.timeMs, event.transaction);
      case "rebalance":
        return this.#rebalance(event.timeMs, event.rebalance);
    }
  }

  /** Keys of all channels that were seen. */
  keys(): IterableIterator<string> {
    return this.#tracks.keys();
  }

  /** The newest state of a channel; undefined where none was shown. */
  state(key: string): ChannelState | undefined {
    return this.#tracks.get(key)?.state;
  }

  /** Owner, name and, where known, peer of a channel. */
  identity(key: string): { node: string; channelId: string; peer: string } | undefined {
    const track = this.#tracks.get(key);
    return track &&
      { node: track.node.name, channelId: track.channelId, peer: track.state?.peer ?? "" };
  }

  /** Time of the newest state of a channel, and of the newest event of its node. */
  freshness(key: string): { stateMs: number; nodeMs: number } | undefined {
    const track = this.#tracks.get(key);
    return track && { stateMs: track.stateMs, nodeMs: track.node.lastSeenMs };
  }

  /** How well a channel is known; undefined for one never seen. */
  stats(key: string): ChannelStats | undefined {
    const track = this.#tracks.get(key);
    return track && {
      forwardsSeen: track.forwardsSeen,
      firstSeenMs: track.firstSeenMs,
      lastSeenMs: track.lastSeenMs,
      observedMs: track.observedMs(this.#lastMs),
      earnedPpm: earnedPpm(track, this.#lastMs),
    };
  }

  /** Tells what the channel graph knows of a node; its channels' vectors show it from now on. */
  describePeer(peer: string, facts: PeerFacts): void {
    this.#peerFacts.set(peer, facts);
  }

  /**
   * Features of a channel as of `timeMs`, which should not lie before the newest event.
   *
   * @param out where to write, of the length of `FEATURE_NAMES`; a new array when left out
   * @returns all NaN for a channel never seen
   */
  vector(key: string, timeMs: number, out = new Float64Array(FEATURE_NAMES.length)): Float64Array {
    const track = this.#tracks.get(key);
    if (track === undefined) return out.fill(NaN);
    const peerFacts = track.state && this.#peerFacts.get(track.state.peer);
    return writeVector({ track, timeMs, peerFacts }, out);
  }

  #node(name: string, timeMs: number): NodeTrack {
    let node = this.#nodes.get(name);
    if (node === undefined) this.#nodes.set(name, node = new NodeTrack(name));
    node.seen(timeMs);
    return node;
  }

  #track(node: string, channelId: string, timeMs: number): ChannelTrack {
    const owner = this.#node(node, timeMs);
    const key = channelKey(node, channelId);
    let track = this.#tracks.get(key);
    if (track === undefined) {
      this.#tracks.set(key, track = new ChannelTrack(owner, channelId, key));
    }
    track.seen(timeMs);
    return track;
  }

  #state(timeMs: number, state: ChannelState): void {
    const track = this.#track(state.node, state.channelId, timeMs);
    if (timeMs < track.stateMs) {
      this.counts.staleStates++;
      return;
    }
    const { node } = track;
    const old = track.state;
    const fromBalances = this.#fromBalances && !node.hasForwards && timeMs > node.rebalancingMs;
    if (old !== undefined && fromBalances) {
      const movedSat = state.localBalanceSat - old.localBalanceSat - track.ownShiftSat;
      if (movedSat !== 0 && old.capacitySat === state.capacitySat) {
        track.forwardsSeen++;
        this.#demand(track, {
          key: track.key,
          timeMs,
          direction: movedSat < 0 ? "out" : "in",
          amountMsat: Math.abs(movedSat) * MSAT_PER_SAT,
          feeMsat: Math.abs(movedSat) * MSAT_PER_SAT * termsPpm(track, timeMs) / 1e6,
          served: true,
        });
      }
    }
    for (const sums of [node, node.peer(state.peer)]) {
      sums.channels += old === undefined ? 1 : 0;
      sums.capacitySat += state.capacitySat - (old?.capacitySat ?? 0);
      sums.localSat += state.localBalanceSat - (old?.localBalanceSat ?? 0);
    }
    track.setState(timeMs, state);
  }

  #forward(timeMs: number, forward: Forward): void {
    this.#node(forward.node, timeMs).hasForwards = true;
    const settled = forward.outcome === "settled";
    const feeMsat = forward.inAmountMsat - forward.outAmountMsat;
    const repeated = this.#retries.repeats(forward, timeMs);
    if (repeated) this.counts.retries++;
    const wanted = isDemand(forward) && !repeated;
    for (const direction of ["in", "out"] as const) {
      const [channelId, otherChannel, amountMsat] = direction === "in"
        ? [forward.inChannel, forward.outChannel, forward.inAmountMsat]
        : [forward.outChannel, forward.inChannel, forward.outAmountMsat];
      // A log may not know the channel that was asked for; one side is demand all the same.
      if (channelId === "") continue;
      const track = this.#track(forward.node, channelId, timeMs);
      track.forwardsSeen++;
      track.addAttempt(timeMs, settled, amountMsat / MSAT_PER_SAT);
      if (settled && direction === "out") {
        track.settledOutMsat += amountMsat;
        track.earnedMsat += feeMsat;
      }
      if (wanted && amountMsat > 0) {
        this.#demand(track, {
          key: track.key,
          timeMs,
          direction,
          otherChannel: otherChannel || undefined,
          amountMsat,
          feeMsat,
          served: settled,
        });
      }
    }
  }

  #demand(track: ChannelTrack, demand: ChannelDemand): void {
    const flow = {
      direction: demand.direction,
      amountSat: demand.amountMsat / MSAT_PER_SAT,
      feeMsat: demand.feeMsat,
      served: demand.served,
    };
    track.addFlow(demand.timeMs, flow);
    track.node.flows.add(demand.timeMs, flow);
    if (track.state !== undefined) track.node.peer(track.state.peer).flows.add(demand.timeMs, flow);
    this.#onDemand?.(demand);
  }

  #transaction(timeMs: number, transaction: Transaction): void {
    const own = transaction.transactionType === "rebalance";
    for (const name of new Set([transaction.sender, transaction.receiver])) {
      const node = this.#node(name, timeMs);
      if (own) {
        node.rebalancingMs = Math.max(node.rebalancingMs, timeMs);
        continue;
      }
      node.payments.add(timeMs, 1);
      node.paidSat.add(timeMs, transaction.amountMsat / MSAT_PER_SAT);
      if (transaction.success) node.paid.add(timeMs, 1);
    }
  }

  #rebalance(timeMs: number, result: SuggestionResult): void {
    if (result.status !== "applied") return;
    const source = this.#track(result.node, result.sourceChannel, timeMs);
    const target = this.#track(result.node, result.targetChannel, timeMs);
    if (timeMs >= source.stateMs) {
      source.ownShiftSat -= (result.amountMsat + result.feeMsat) / MSAT_PER_SAT;
    }
    if (timeMs >= target.stateMs) target.ownShiftSat += result.amountMsat / MSAT_PER_SAT;
    for (const channel of result.channels) this.#ownState(timeMs, channel);
  }

  /** A state that comes with an own rebalance: the change is no demand, whoever reported it first. */
  #ownState(timeMs: number, state: ChannelState): void {
    const track = this.#track(state.node, state.channelId, timeMs);
    const old = track.state;
    if (old !== undefined) track.ownShiftSat = state.localBalanceSat - old.localBalanceSat;
    this.#state(timeMs, state);
  }
}

/** Amount of a forward over which a base fee is spread where none was seen. */
const USUAL_SAT = 100_000;

/**
 * Rate taken to be earned where a node shows neither forwards nor its terms, as clients of the first
 * LightningLens do: about what a real routing node earned of its volume (418 ppm). Without one,
 * nothing would ever be worth moving.
 */
const ASSUMED_PPM = 400;

/** What goes out earns: by own terms where they are known, else as observed, else as is usual. */
function earnedPpm(track: ChannelTrack, timeMs: number): number {
  if (track.state?.localPolicy === undefined && track.settledOutMsat > 0) {
    return track.earnedMsat * 1e6 / track.settledOutMsat;
  }
  const shows = track.node.hasForwards && track.state?.localPolicy === undefined;
  return shows ? 0 : termsPpm(track, timeMs);
}

/** Own terms as one rate at the channel's usual amount. */
function termsPpm(track: ChannelTrack, timeMs: number): number {
  const policy = track.state?.localPolicy;
  if (policy === undefined) return ASSUMED_PPM;
  const attempts = track.attempts.at(timeMs);
  const usualSat = attempts > 0 ? track.attemptedSat.at(timeMs) / attempts : USUAL_SAT;
  return policy.feeRatePpm + policy.baseFeeMsat * 1e6 / (Math.max(1, usualSat) * MSAT_PER_SAT);
}
