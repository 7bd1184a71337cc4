import { NodeView } from "../node_view.ts";
import type { PolicyMaker } from "../policy.ts";
import { refillPolicy } from "./refill.ts";
import { ownPpm } from "./suggest.ts";

/** LNDg's defaults: a target has 90 % inbound, a source 75 % outbound. */
const TARGET_INBOUND = 0.9;
const SOURCE_OUTBOUND = 0.75;
/** The fee limit is 65 % of the target's own fee rate, and never above 500 ppm. */
const COST_SHARE = 0.65;
const MOST_PPM = 500;

/**
 * Like LNDg's auto-rebalancer with its default settings, enabled for every channel: whatever
 * stands at 90 % inbound or more is refilled, the emptiest first, from channels with 75 %
 * outbound or more, for at most 65 % of its own fee rate and 500 ppm.
 *
 * Simplified: LNDg moves 3 % of the capacity every few minutes while a channel is over its
 * target, here all those steps are one suggestion, up to 80 % inbound so that it stays refilled
 * until the next plan.
 */
export const lndgLike: PolicyMaker = refillPolicy({
  wantsSat: ({ channel }) =>
    1 - NodeView.ratio(channel) >= TARGET_INBOUND
      ? channel.remoteBalanceSat - (TARGET_INBOUND - 0.1) * channel.capacitySat
      : 0,
  givesSat: ({ channel }) =>
    Math.max(0, channel.localBalanceSat - SOURCE_OUTBOUND * channel.capacitySat),
  limitPpm: ({ channel }) => Math.min(MOST_PPM, COST_SHARE * ownPpm(channel)),
  urgency: ({ channel }) => -NodeView.ratio(channel),
});
