import { HOUR_MS } from "../../../core/mod.ts";
import { perNode, type PolicyContext, type PolicyMaker } from "../policy.ts";
import { RouteGuess } from "../route_guess.ts";
import { learnTruth } from "../true_routes.ts";
import { planByReplay } from "./value_replay.ts";

/** The past that is expected to repeat itself. */
const LOOK_BACK_MS = 72 * HOUR_MS;

/**
 * "What was will be": the attempted forwards of the last 72 h are the forecast of the next 72 h,
 * failed ones included; balances are worth what they would earn of those, and a rebalance is
 * made where it gains twice its cost. A strong simple rival: it has value curves and prices, but
 * no model.
 */
export const persistence: PolicyMaker = (context) =>
  persist(context, new RouteGuess(context.network));

/** The same, knowing what every route can carry: what is left is the error of the forecast. */
export const persistenceTrueRoutes: PolicyMaker = (context) =>
  persist(context, trueRoutes(context));

/** Routes as they are at the moment of a plan. */
export function trueRoutes({ network, oracle }: PolicyContext): RouteGuess {
  return new RouteGuess(network, {
    know: (finder) => learnTruth(finder, oracle.availableMsat),
    keepMs: 1,
  });
}

function persist({ views }: PolicyContext, routes: RouteGuess) {
  return perNode((view, timeMs) => {
    routes.renew(timeMs);
    const expected = (id: string) => view.wishes(id, timeMs - LOOK_BACK_MS, timeMs);
    return planByReplay({ view, timeMs, routes, expected });
  })(views);
}
