import { replayValue, type WindowFlow } from "../../liquidity/mod.ts";
import type { ChannelState, SuggestionResult } from "../../protocol/mod.ts";
import type { NodeView } from "./node_view.ts";

/**
 * What a rebalance earned within a horizon, msat: the flows that were attempted afterwards through its two
 * channels are replayed from the balances as they were with it and as they would have been
 * without it; the difference in fees served, over both channels, is what the moved liquidity earned. It pays for itself
 * when that exceeds its fee.
 *
 * Flows that were attempted because of the rebalance, or not for lack of it, are not told apart.
 *
 * @param view of the node, with what was attempted up to the end of the horizon
 */
export function paybackOf(
  { timeMs, result }: { timeMs: number; result: SuggestionResult },
  view: NodeView,
  horizonMs: number,
): number {
  const { amountMsat, feeMsat } = result;
  const [source, target] = [result.sourceChannel, result.targetChannel].map((id) =>
    result.channels.find(({ channelId }) => channelId === id)
  );
  const gain = (channel: ChannelState | undefined, changeMsat: number) =>
    channel === undefined
      ? 0
      : gainMsat(channel, view.flows(channel.channelId, timeMs, timeMs + horizonMs), changeMsat);
  return gain(target, amountMsat) + gain(source, -(amountMsat + feeMsat));
}

/** Fees served from the present balance, less those from the balance before it changed. */
function gainMsat(channel: ChannelState, flows: WindowFlow[], changeMsat: number): number {
  const capacityMsat = channel.capacitySat * 1000;
  const value = (localMsat: number) =>
    replayValue(flows, {
      localMsat: Math.min(capacityMsat, Math.max(0, localMsat)),
      capacityMsat,
    }).feesMsat;
  const localMsat = channel.localBalanceSat * 1000;
  return value(localMsat) - value(localMsat - changeMsat);
}
