import { NodeView } from "../node_view.ts";
import type { PolicyMaker } from "../policy.ts";
import { refillPolicy } from "./refill.ts";

/** Channels within this of the middle are left alone. */
const DEAD_BAND = 0.1;

/**
 * Refilling to 50/50: what rebalance-lnd, CLBOSS and many scripts do by default. Every channel with
 * less than 40 % local balance is brought towards 50 % from channels with more than 60 %, the
 * emptiest first, for at most `limitPpm` of the amount, whether anyone wants to use it or not.
 *
 * Simplified: tools try all day with random pairs; here each plan picks the source with the best
 * route by the graph, which is kinder.
 */
export function fiftyFifty(limitPpm: number): PolicyMaker {
  return refillPolicy({
    wantsSat: ({ channel }) =>
      NodeView.ratio(channel) < 0.5 - DEAD_BAND
        ? channel.capacitySat / 2 - channel.localBalanceSat
        : 0,
    givesSat: ({ channel }) =>
      NodeView.ratio(channel) > 0.5 + DEAD_BAND
        ? channel.localBalanceSat - channel.capacitySat / 2
        : 0,
    limitPpm: () => limitPpm,
    urgency: ({ channel }) => -NodeView.ratio(channel),
  });
}
