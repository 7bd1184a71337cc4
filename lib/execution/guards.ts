import { formatDuration, satToMsat } from "../core/mod.ts";
import type { NodeChannel } from "../nodes/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import type { ExecutionSettings } from "./settings.ts";

/** Both ends of a suggestion as they stand now; what the operator keeps of them is part of their reserves. */
export interface Ends {
  source: NodeChannel;
  target: NodeChannel;
}

/**
 * Looks whether a suggestion can still be carried out.
 *
 * @returns the reason why not, or its two channels
 */
export function checkEnds(
  suggestion: Suggestion,
  channels: readonly NodeChannel[],
  settings: Pick<ExecutionSettings, "maxPendingHtlcs" | "boundsOf">,
): string | Ends {
  const { sourceChannel, targetChannel, sourceNode, targetNode } = suggestion;
  if (sourceNode === targetNode) return "source and target lead to the same peer";
  const source = channels.find(({ channelId }) => channelId === sourceChannel);
  const target = channels.find(({ channelId }) => channelId === targetChannel);
  if (source === undefined) return `the source channel ${sourceChannel} is not open`;
  if (target === undefined) return `the target channel ${targetChannel} is not open`;
  if (source.peer !== sourceNode) return "the source channel leads to another peer";
  if (target.peer !== targetNode) return "the target channel leads to another peer";
  for (const [name, channel] of [["source", source], ["target", target]] as const) {
    if (!channel.active) return `the ${name} channel is not active`;
    if (channel.pendingHtlcs > settings.maxPendingHtlcs) {
      return `the ${name} channel has ${channel.pendingHtlcs} HTLCs under way, more than ${settings.maxPendingHtlcs}`;
    }
  }
  return { source: keptApart(source, settings), target: keptApart(target, settings) };
}

/** The channel with what its operator never wants to move as a reserve of either side. */
function keptApart(
  channel: NodeChannel,
  { boundsOf }: Pick<ExecutionSettings, "boundsOf">,
): NodeChannel {
  const { capacitySat, localReserveSat, remoteReserveSat } = channel;
  const { low = 0, high = 1 } = boundsOf?.(channel) ?? {};
  return {
    ...channel,
    localReserveSat: Math.max(localReserveSat, Math.ceil(low * capacitySat)),
    remoteReserveSat: Math.max(remoteReserveSat, Math.ceil((1 - high) * capacitySat)),
  };
}

/** Whether a suggestion is out of date. */
export function expiry({ expiresAt }: Suggestion, nowMs: number): string | undefined {
  return expiresAt < nowMs ? `expired ${formatDuration(nowMs - expiresAt)} ago` : undefined;
}

/** Of an amount, what both ends can move now, msat. */
export function movableMsat(ends: Ends, amountMsat: number): number {
  return Math.min(amountMsat, movableOutMsat(ends), movableInMsat(ends));
}

/** What can go out by the source now, msat. */
export function movableOutMsat({ source }: Ends): number {
  return satToMsat(Math.max(0, source.localBalanceSat - source.localReserveSat));
}

/** What can come back by the target now, msat. */
export function movableInMsat({ target }: Ends): number {
  return satToMsat(Math.max(0, target.remoteBalanceSat - target.remoteReserveSat));
}

/** What all channels to a peer hold on the node's side, sat. */
export function localWithPeer(channels: readonly NodeChannel[], peer: string): number {
  return channels.reduce(
    (sum, channel) => sum + (channel.peer === peer ? channel.localBalanceSat : 0),
    0,
  );
}
