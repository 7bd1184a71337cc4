import type { Wish } from "./node_view.ts";

/** One of two channels whose balances change together. */
export interface PairEnd {
  channelId: string;
  /** From empty to full. */
  localMsat: number;
  capacityMsat: number;
}

/**
 * Fees of those wishes that two channels of a node would serve from given balances. A forward
 * that comes in by one of them and goes out by the other needs both, and earns its fee once;
 * what other channels hold is taken to suffice.
 *
 * @param wishes in order of time, each once
 * @returns msat
 */
export function replayPair(wishes: readonly Wish[], ends: readonly [PairEnd, PairEnd]): number {
  const localMsat = ends.map((end) => end.localMsat);
  let feesMsat = 0;
  for (const wish of wishes) {
    const afterMsat = ends.map(({ channelId }, i) =>
      localMsat[i] + (wish.inChannel === channelId ? wish.inAmountMsat : 0) -
      (wish.outChannel === channelId ? wish.outAmountMsat : 0)
    );
    if (!ends.every((end, i) => afterMsat[i] >= 0 && afterMsat[i] <= end.capacityMsat)) continue;
    [localMsat[0], localMsat[1]] = afterMsat;
    feesMsat += wish.inAmountMsat - wish.outAmountMsat;
  }
  return feesMsat;
}

/** The wishes of two lists in order of time, those in both once. */
export function mergeWishes(a: readonly Wish[], b: readonly Wish[]): Wish[] {
  return [...new Set([...a, ...b])].sort((x, y) => x.timeMs - y.timeMs);
}
