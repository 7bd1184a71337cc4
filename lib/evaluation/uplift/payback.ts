import type { SuggestionResult } from "../../protocol/mod.ts";
import type { NodeView } from "./node_view.ts";
import { mergeWishes, type PairEnd, replayPair } from "./pair_replay.ts";

/**
 * What a rebalance earned within a horizon, msat: the forwards that were wanted afterwards
 * through its two channels are replayed from the balances as they were with it and as they would
 * have been without it; the difference in fees served is what the moved liquidity earned. It
 * pays for itself when that exceeds its fee.
 *
 * Forwards that were wanted because of the rebalance, or not for lack of it, are not told apart.
 *
 * @param view of the node, with what was wanted up to the end of the horizon
 */
export function paybackOf(
  { timeMs, result }: { timeMs: number; result: SuggestionResult },
  view: NodeView,
  horizonMs: number,
): number {
  const { sourceChannel, targetChannel, amountMsat, feeMsat } = result;
  const [source, target] = [sourceChannel, targetChannel].map((id) =>
    result.channels.find(({ channelId }) => channelId === id)
  );
  if (source === undefined || target === undefined) return 0;
  const end = (channel: typeof source, changeMsat: number): PairEnd => {
    const capacityMsat = channel.capacitySat * 1000;
    const localMsat = channel.localBalanceSat * 1000 - changeMsat;
    return {
      channelId: channel.channelId,
      localMsat: Math.min(capacityMsat, Math.max(0, localMsat)),
      capacityMsat,
    };
  };
  const [ofSource, ofTarget] = [sourceChannel, targetChannel].map((id) =>
    view.wishes(id, timeMs, timeMs + horizonMs)
  );
  const wishes = mergeWishes(ofSource, ofTarget);
  return replayPair(wishes, [end(source, 0), end(target, 0)]) -
    replayPair(wishes, [end(source, -(amountMsat + feeMsat)), end(target, amountMsat)]);
}
