import { HOUR_MS } from "../../../core/mod.ts";
import { NodeView } from "../node_view.ts";
import type { PolicyMaker } from "../policy.ts";
import { type ChannelAt, refillPolicy } from "./refill.ts";
import { ownPpm } from "./suggest.ts";

/** How far back demand is looked for. */
const LOOK_BACK_MS = 72 * HOUR_MS;
/** Share of the own fee rate that a refill may cost. */
const COST_SHARE = 0.5;

function outflowSat({ channel, view, timeMs }: ChannelAt): number {
  return view.outflowSat(channel.channelId, timeMs - LOOK_BACK_MS, timeMs);
}

/**
 * "Expected value with demand", the rule of careful operators: refill only channels below half
 * whose outgoing side was asked for in the last 72 h, up to what was asked or half of the
 * capacity, for at most 50 % of what they charge; the channel that earned or missed the most
 * first. Sources are channels above half, down to half, but what was asked of them in 72 h
 * stays.
 */
export const evd50: PolicyMaker = refillPolicy({
  wantsSat: (at) =>
    NodeView.ratio(at.channel) < 0.5
      ? Math.min(outflowSat(at), at.channel.capacitySat / 2) - at.channel.localBalanceSat
      : 0,
  givesSat: (at) =>
    Math.max(
      0,
      at.channel.localBalanceSat - Math.max(at.channel.capacitySat / 2, outflowSat(at)),
    ),
  limitPpm: ({ channel }) => COST_SHARE * ownPpm(channel),
  urgency: (at) => outflowSat(at) * ownPpm(at.channel),
});
