import { satToMsat } from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { isUsable } from "./eligibility.ts";
import { type ChosenMove, Market, searchesEach } from "./market.ts";
import { decideAll, suggestionReasons } from "./reasons.ts";
import {
  type ChannelOutlook,
  type Plan,
  PLANNER_DEFAULTS,
  type PlannerOptions,
  type RouteEstimator,
  type SuggestionBasis,
} from "./types.ts";
import { PlannedChannel } from "./value.ts";

/**
 * Picks rebalances greedily: the pair and amount with the largest expected net gain (value gained
 * at the target, less that given up at the source, less the route's fee, times the chance that the
 * route works), again and again on the balances as they would then be, while the gain exceeds the
 * margins.
 *
 * Confidence is the chance that, once carried out, the fees served by the added liquidity within
 * the horizon exceed the rebalance's fee.
 *
 * @param outlooks channels of one or more nodes; nodes are planned apart
 * @returns suggestions and exactly one decision for every channel; the same input, the same plan
 */
export function planRebalances(
  outlooks: readonly ChannelOutlook[],
  estimate: RouteEstimator,
  timeMs: number,
  options: Partial<PlannerOptions> = {},
): Plan {
  const settings: PlannerOptions = { ...PLANNER_DEFAULTS, ...options };
  const plan: Plan = { timeMs, suggestions: [], decisions: [], bases: [] };
  const byNode = Map.groupBy(outlooks, ({ channel }) => channel.node);
  const searches = searchesEach(byNode.size, settings);
  for (const nodeOutlooks of byNode.values()) {
    const { suggestions, decisions, bases } = planNode(nodeOutlooks, estimate, timeMs, {
      ...settings,
      searches,
    });
    plan.suggestions.push(...suggestions);
    plan.decisions.push(...decisions);
    plan.bases.push(...bases);
  }
  return plan;
}

function planNode(
  outlooks: readonly ChannelOutlook[],
  estimate: RouteEstimator,
  timeMs: number,
  settings: PlannerOptions & { searches: number },
): Omit<Plan, "timeMs"> {
  const channels = outlooks.map((outlook) => new PlannedChannel(outlook, settings))
    .filter((channel) => isUsable(channel.outlook, settings));
  const market = new Market(channels, estimate, timeMs, settings);
  const suggestions: Suggestion[] = [];
  const bases: SuggestionBasis[] = [];
  for (const move of market.choose()) {
    const suggestion = suggestionOf(move, timeMs, settings);
    suggestions.push(suggestion);
    bases.push({ id: suggestion.id, route: move.route, shown: move.basis });
  }
  return {
    suggestions,
    bases,
    decisions: decideAll(outlooks, suggestions, market.blocked, timeMs, settings),
  };
}

function suggestionOf(move: ChosenMove, timeMs: number, settings: PlannerOptions): Suggestion {
  const { source, target, amountSat, grossMsat, route, feeLimitMsat, confidence } = move;
  const from = source.outlook.channel, to = target.outlook.channel;
  return {
    // One a channel pair and moment: a plan made again from the same events has the same names.
    id: `${to.node.slice(0, 16)}-${from.channelId}-${to.channelId}-${timeMs}`,
    node: to.node,
    sourceNode: from.peer,
    sourceChannel: from.channelId,
    targetNode: to.peer,
    targetChannel: to.channelId,
    amountMsat: satToMsat(amountSat),
    feeLimitMsat: Math.floor(feeLimitMsat),
    confidence,
    expectedGainMsat: Math.floor(grossMsat - route.feeMsat),
    expectedFeeMsat: Math.ceil(route.feeMsat),
    sourceOptimalRatio: source.outlook.optimal?.optimalRatio ?? 0.5,
    targetOptimalRatio: target.outlook.optimal?.optimalRatio ?? 0.5,
    expiresAt: timeMs + settings.expiryMs,
    reasons: suggestionReasons(move, timeMs),
  };
}
