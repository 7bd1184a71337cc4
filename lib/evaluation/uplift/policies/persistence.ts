import { HOUR_MS } from "../../../core/mod.ts";
import { perNode, type PolicyMaker } from "../policy.ts";
import { RouteGuess } from "../route_guess.ts";
import { planByReplay } from "./value_replay.ts";

/** The past that is expected to repeat itself. */
const LOOK_BACK_MS = 72 * HOUR_MS;

/**
 * "What was will be": the attempted forwards of the last 72 h are the forecast of the next 72 h, failed
 * ones included; balances are worth what they would earn of those, and a rebalance is made where it
 * gains twice its cost. A strong simple rival: it has value curves and prices, but no model.
 */
export const persistence: PolicyMaker = ({ views, network }) => {
  const routes = new RouteGuess(network);
  return perNode((view, timeMs) => {
    routes.renew(timeMs);
    const expected = (id: string) => view.flows(id, timeMs - LOOK_BACK_MS, timeMs);
    return planByReplay({ view, timeMs, routes, expected, minds: true });
  })(views);
};
