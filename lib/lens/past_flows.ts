import { DAY_MS } from "../core/mod.ts";
import { type ChannelDemand, channelKey, type WindowFlow } from "../liquidity/mod.ts";
import { NodePast, type NodeWish, replayCurve, type ValueCurve } from "../planning/mod.ts";
import type { ChannelState } from "../protocol/mod.ts";

/** The past that is kept and looked at. */
export interface PastOptions {
  /** Lengths of the windows that are replayed, all up to now, in the order of their weights. */
  windowsMs: readonly number[];
  /** What was watched for less is not valued by its past. */
  leastMs: number;
  /** Flows kept of a channel at most; the oldest go first. */
  mostFlows: number;
}

export const PAST_DEFAULTS = {
  windowsMs: [DAY_MS, 3 * DAY_MS, 5 * DAY_MS],
  leastMs: 3 * DAY_MS,
  mostFlows: 4000,
} as const satisfies PastOptions;

/** A flow with its time. */
export interface TimedFlow extends WindowFlow {
  timeMs: number;
  /** The channel by which it came or was to go on, where that is known. */
  otherChannel?: string;
}

/** What was attempted through channels lately, flow by flow. */
export class PastFlows {
  readonly options: PastOptions;
  readonly #byChannel = new Map<string, TimedFlow[]>();
  /** How far back flows are kept. */
  readonly keptMs: number;

  constructor(options: Partial<PastOptions> = {}) {
    this.options = { ...PAST_DEFAULTS, ...options };
    this.keptMs = Math.max(...this.options.windowsMs);
  }

  /** Takes one demand; late ones are entered where their time puts them. */
  add({ key, timeMs, direction, otherChannel, amountMsat, feeMsat }: ChannelDemand): void {
    let flows = this.#byChannel.get(key);
    if (flows === undefined) this.#byChannel.set(key, flows = []);
    let at = flows.length;
    while (at > 0 && flows[at - 1].timeMs > timeMs) at--;
    flows.splice(at, 0, { timeMs, direction, otherChannel, amountMsat, feeMsat });
    this.#forget(flows, timeMs);
  }

  /** In blocks: cutting a list for every flow would cost more than it keeps. */
  #forget(flows: TimedFlow[], timeMs: number): void {
    const { mostFlows } = this.options;
    const tooMany = flows.length > 1.1 * mostFlows ? flows.length - mostFlows : 0;
    const old = flows[0].timeMs < timeMs - 1.1 * this.keptMs
      ? firstAfter(flows, timeMs - this.keptMs)
      : 0;
    if (tooMany > 0 || old > 0) flows.splice(0, Math.max(tooMany, old));
  }

  /** What was attempted through a channel in (fromMs, toMs], in order of time. */
  between(key: string, fromMs: number, toMs: number): TimedFlow[] {
    const flows = this.#byChannel.get(key) ?? [];
    return flows.slice(firstAfter(flows, fromMs), firstAfter(flows, toMs));
  }

  /**
   * The value of a channel's balances by its past windows.
   *
   * @param ratePpm what a satoshi earns there when it is used once
   * @param observedMs how long flows would have been seen
   * @returns undefined where that is too short
   */
  curve(
    key: string,
    { timeMs, observedMs, ...channel }: {
      capacitySat: number;
      ratePpm: number;
      timeMs: number;
      observedMs: number;
    },
  ): ValueCurve | undefined {
    if (observedMs < this.options.leastMs) return undefined;
    const all = this.between(key, timeMs - this.keptMs, timeMs);
    const windows = this.options.windowsMs.map((lengthMs) =>
      all.slice(firstAfter(all, timeMs - lengthMs))
    );
    return replayCurve(windows, channel);
  }

  /** What was attempted through a node up to now, for valuing moves between its channels. */
  nodePast(channels: readonly ChannelState[], timeMs: number): NodePast {
    const ids = new Set(channels.map(({ channelId }) => channelId));
    const isOwn = (id: string) => ids.has(id);
    const wishes: NodeWish[] = [];
    for (const { node, channelId } of channels) {
      const key = channelKey(node, channelId);
      for (const flow of this.between(key, timeMs - this.keptMs, timeMs)) {
        const wish = wishOf(channelId, flow, isOwn);
        if (wish !== undefined) wishes.push(wish);
      }
    }
    wishes.sort((a, b) => a.timeMs - b.timeMs);
    return new NodePast(
      channels.map(({ channelId: id, capacitySat, localBalanceSat: localSat }) => ({
        id,
        capacitySat,
        localSat,
      })),
      wishes,
      this.options.windowsMs.map((lengthMs) => timeMs - lengthMs),
    );
  }
}

/**
 * What a flow asks of its node. A forward that came by one of its channels and left by another is
 * a flow of both: the one by which it leaves tells it.
 */
function wishOf(
  channelId: string,
  { timeMs, direction, otherChannel, amountMsat, feeMsat }: TimedFlow,
  isOwn: (channelId: string) => boolean,
): NodeWish | undefined {
  if (direction === "out") {
    return { timeMs, inChannel: otherChannel, outChannel: channelId, outMsat: amountMsat, feeMsat };
  }
  if (otherChannel !== undefined && isOwn(otherChannel)) return undefined;
  return { timeMs, inChannel: channelId, outMsat: amountMsat - feeMsat, feeMsat };
}

/** Place of the first flow after a time. */
function firstAfter(flows: readonly TimedFlow[], timeMs: number): number {
  let low = 0, high = flows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (flows[middle].timeMs > timeMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
