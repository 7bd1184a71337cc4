import { channelKey } from "../liquidity/mod.ts";
import type { ChannelOutlook } from "../planning/mod.ts";
import type { Forward, SuggestionResult } from "../protocol/mod.ts";

/** After this time what was earned counts half. */
const HALF_LIFE_MS = 7 * 86_400_000;

/** What a node may spend at a time of which only balances are told, so that its income is unknown, msat. */
const UNTOLD_BUDGET_MSAT = 50_000;

interface Earnings {
  feesMsat: number;
  amountMsat: number;
  timeMs: number;
}

type LastRebalance = NonNullable<ChannelOutlook["lastRebalance"]>;

/**
 * What the planner needs to know of a channel's past beside demand: what came in by it earned
 * elsewhere, and when it was last rebalanced. O(1) per event.
 */
export class ChannelLedger {
  #inbound = new Map<string, Earnings>();
  /** Nodes of which a forward was told, whatever came of it. */
  #told = new Set<string>();
  #last = new Map<string, LastRebalance>();
  /** Fees that nodes paid for rebalances, decayed like earnings. */
  #spent = new Map<string, { feesMsat: number; timeMs: number }>();

  /** Takes a forward; only settled ones earn. */
  addForward(timeMs: number, forward: Forward): void {
    this.#told.add(forward.node);
    if (forward.outcome !== "settled") return;
    const feesMsat = forward.inAmountMsat - forward.outAmountMsat;
    for (const key of [channelKey(forward.node, forward.inChannel), forward.node]) {
      const old = this.#inbound.get(key);
      const kept = old === undefined ? 0 : keptShare(old.timeMs, timeMs);
      this.#inbound.set(key, {
        feesMsat: (old?.feesMsat ?? 0) * kept + feesMsat,
        amountMsat: (old?.amountMsat ?? 0) * kept + forward.inAmountMsat,
        timeMs: Math.max(timeMs, old?.timeMs ?? timeMs),
      });
    }
  }

  /** Takes the result of a suggestion; refused ones never touched the channels. */
  addRebalance(timeMs: number, result: SuggestionResult): void {
    if (result.status === "refused") return;
    const applied = result.status === "applied";
    const { node } = result;
    if (result.feeMsat > 0) {
      this.#spent.set(node, { feesMsat: this.#spentMsat(node, timeMs) + result.feeMsat, timeMs });
    }
    // A failed try says nothing about the source: others may use it at once.
    if (applied) {
      this.#last.set(channelKey(node, result.sourceChannel), { timeMs, role: "source", applied });
    }
    this.#last.set(channelKey(node, result.targetChannel), { timeMs, role: "target", applied });
  }

  /**
   * What a node may spend on rebalances at a time, msat: a share of what it earned lately, less what
   * it spent. A node that earns nothing spends nothing: what was asked of it and never served is no
   * evidence that it would pay. Where nobody tells of forwards what is earned is not known.
   *
   * @param share 0 to 1
   */
  budgetMsat(node: string, timeMs: number, share: number): number {
    const allowedMsat = this.#told.has(node)
      ? share * this.#earnedMsat(node, timeMs)
      : UNTOLD_BUDGET_MSAT;
    return Math.max(0, allowedMsat - this.#spentMsat(node, timeMs));
  }

  #earnedMsat(node: string, timeMs: number): number {
    const earned = this.#inbound.get(node);
    return earned === undefined ? 0 : earned.feesMsat * keptShare(earned.timeMs, timeMs);
  }

  #spentMsat(node: string, timeMs: number): number {
    const spent = this.#spent.get(node);
    return spent === undefined ? 0 : spent.feesMsat * keptShare(spent.timeMs, timeMs);
  }

  /** The last rebalance that touched a channel. */
  lastRebalance(key: string): LastRebalance | undefined {
    return this.#last.get(key);
  }

  /**
   * Fee rate that comes in by the channel and is earned where it leaves, ppm: the channel's own
   * average shrunk to the node's, which counts as much as a million satoshis of the channel's.
   */
  earnedInPpm(node: string, channelId: string): number {
    const all = this.#inbound.get(node);
    if (all === undefined || all.amountMsat === 0) return 0;
    const own = this.#inbound.get(channelKey(node, channelId));
    const prior = 1e9;
    return ((own?.feesMsat ?? 0) * 1e6 + all.feesMsat / all.amountMsat * 1e6 * prior) /
      ((own?.amountMsat ?? 0) + prior);
  }
}

/** What is left of an earning after a time. */
function keptShare(thenMs: number, timeMs: number): number {
  return 0.5 ** (Math.max(0, timeMs - thenMs) / HALF_LIFE_MS);
}
