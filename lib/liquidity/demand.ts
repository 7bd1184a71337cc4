import type { Forward } from "../protocol/mod.ts";

/** One wish to move an amount through a channel, served or not. */
export interface ChannelDemand {
  /** Key of the channel, see `channelKey`. */
  key: string;
  timeMs: number;
  /** `out` draws on the local balance, `in` on the remote one. */
  direction: "out" | "in";
  /** The channel by which it came or was to go on, where that is known. */
  otherChannel?: string;
  /** More than 0. */
  amountMsat: number;
  /** What the whole forward would earn; for flows seen in balances only, what own terms would ask. */
  feeMsat: number;
  /** False where this node lacked the balance. */
  served: boolean;
}

/** The reason of a local failure that says that the outgoing channel lacked balance. */
export const LACK_OF_BALANCE = "insufficient_balance";

/**
 * Whether a forward tells of demand for this node's liquidity: it settled, or it failed here for
 * lack of balance. What failed further on, or here for another reason (fee too low, peer offline),
 * would not have used the balance.
 */
export function isDemand(forward: Forward): boolean {
  if (forward.outcome === "settled") return true;
  return forward.outcome === "failed_here" && forward.failureReason === LACK_OF_BALANCE;
}

/** A failed forward that comes again within this time counts once. */
export const RETRY_WINDOW_MS = 10 * 60_000;
/** Amounts that differ by less than this share are the same attempt again. */
const RETRY_TOLERANCE = 0.01;
/** Failures remembered before those outside the window are forgotten. */
const RETRY_CAPACITY = 20_000;

/**
 * Tells attempts from their repetitions: senders that are refused for lack of balance often try
 * the same amount by the same channels again, which is one wish, not many. Remembers the last
 * failure of each pair of channels.
 */
export class RetryFilter {
  #last = new Map<string, { timeMs: number; amountMsat: number }>();

  /** True when this failed forward repeats one that was counted. Settled forwards never do. */
  repeats(forward: Forward, timeMs: number): boolean {
    const pair = `${forward.node}/${forward.inChannel}>${forward.outChannel}`;
    const last = this.#last.get(pair);
    const same = last !== undefined &&
      Math.abs(timeMs - last.timeMs) <= RETRY_WINDOW_MS &&
      Math.abs(forward.outAmountMsat - last.amountMsat) <= last.amountMsat * RETRY_TOLERANCE;
    if (forward.outcome === "settled") {
      if (same) this.#last.delete(pair);
      return false;
    }
    if (this.#last.size >= RETRY_CAPACITY) this.#forgetBefore(timeMs - RETRY_WINDOW_MS);
    this.#last.set(pair, { timeMs, amountMsat: forward.outAmountMsat });
    return same;
  }

  #forgetBefore(timeMs: number): void {
    for (const [pair, last] of this.#last) if (last.timeMs < timeMs) this.#last.delete(pair);
  }
}
