import { HOUR_MS } from "../../../core/mod.ts";
import { perNode, type PolicyContext, type PolicyMaker } from "../policy.ts";
import { RouteGuess } from "../route_guess.ts";
import { trueRoutes } from "./persistence.ts";
import { planByReplay } from "./value_replay.ts";

/** How far ahead it looks: as far as persistence looks back. */
const LOOK_AHEAD_MS = 72 * HOUR_MS;

/**
 * The planner of persistence, told what will be attempted in the next 72 h in the run where nobody
 * acts. No upper bound: that demand was shaped by the balances of that run, and it does not know
 * what routes will carry.
 */
export const hindsight: PolicyMaker = (context) =>
  foresee(context, new RouteGuess(context.network));

/** The same, knowing what every route can carry too. */
export const hindsightTrueRoutes: PolicyMaker = (context) => foresee(context, trueRoutes(context));

function foresee({ views, oracle }: PolicyContext, routes: RouteGuess) {
  return perNode((view, timeMs) => {
    routes.renew(timeMs);
    const coming = oracle.demand(view.node);
    const expected = (id: string) => coming.wishes(id, timeMs, timeMs + LOOK_AHEAD_MS);
    return planByReplay({ view, timeMs, routes, expected });
  })(views);
}
