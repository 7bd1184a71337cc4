import { satToMsat } from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { isCooling, isUsable } from "./eligibility.ts";
import { type Blocked, decideAll, suggestionReasons } from "./reasons.ts";
import {
  type ChannelOutlook,
  type Decision,
  type Plan,
  PLANNER_DEFAULTS,
  type PlannerOptions,
  type RouteEstimate,
  type RouteEstimator,
} from "./types.ts";
import { PlannedChannel } from "./value.ts";

/** Targets and sources that are looked at in full; the others' marginal values are no better. */
const CANDIDATES = 24;
/** Shares of the largest sensible amount that are tried. */
const AMOUNT_SHARES = [1, 0.6, 0.35, 0.2, 0.1] as const;

/** A rebalance that would be worth it. */
interface Move {
  source: PlannedChannel;
  target: PlannedChannel;
  amountSat: number;
  /** Value gained at both ends before the fee. */
  grossMsat: number;
  route: RouteEstimate;
  confidence: number;
}

/**
 * Picks rebalances greedily: the pair and amount with the largest expected net gain (value gained
 * at the target, less that given up at the source, less the route's fee, times the chance that the
 * route works), again and again on the balances as they would then be, while the gain exceeds the
 * margins. Values are concave in each balance, so what is left is never worth more than what was
 * taken.
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
  const plan: Plan = { timeMs, suggestions: [], decisions: [] };
  const byNode = Map.groupBy(outlooks, ({ channel }) => channel.node);
  for (const nodeOutlooks of byNode.values()) {
    const { suggestions, decisions } = planNode(nodeOutlooks, estimate, timeMs, settings);
    plan.suggestions.push(...suggestions);
    plan.decisions.push(...decisions);
  }
  return plan;
}

function planNode(
  outlooks: readonly ChannelOutlook[],
  estimate: RouteEstimator,
  timeMs: number,
  settings: PlannerOptions,
): { suggestions: Suggestion[]; decisions: Decision[] } {
  const channels = outlooks.map((outlook) => new PlannedChannel(outlook, settings.reserveRatio));
  const usable = channels.filter((c) => isUsable(c.outlook, settings));
  const blocked: Blocked = new Map();
  const suggestions: Suggestion[] = [];
  const spent = new Set<string>();
  while (suggestions.length < settings.maxPerNode) {
    const free = usable.filter((c) => !spent.has(c.outlook.channel.peer));
    const move = bestMove(free, estimate, timeMs, settings, blocked);
    if (move === undefined) break;
    suggestions.push(suggestionOf(move, timeMs, settings));
    move.target.movedSat += move.amountSat;
    move.source.movedSat -= move.amountSat;
    // LND can't tell parallel channels of a peer apart: a peer takes part in one suggestion a plan.
    spent.add(move.target.outlook.channel.peer);
    spent.add(move.source.outlook.channel.peer);
  }
  return { suggestions, decisions: decideAll(outlooks, suggestions, blocked, timeMs, settings) };
}

function bestMove(
  channels: readonly PlannedChannel[],
  estimate: RouteEstimator,
  timeMs: number,
  settings: PlannerOptions,
  blocked: Blocked,
): Move | undefined {
  const byValue = channels.map((channel) => ({ channel, ppm: channel.marginalPpm() }))
    .sort((a, b) => b.ppm - a.ppm);
  const targets = byValue.filter(({ channel, ppm }) =>
    ppm > 0 && !isCooling(channel.outlook, "target", timeMs, settings)
  ).slice(0, CANDIDATES);
  const sources = byValue.filter(({ channel }) =>
    channel.givableSat >= settings.minAmountSat &&
    !isCooling(channel.outlook, "source", timeMs, settings)
  ).reverse().slice(0, CANDIDATES);
  let best: Move | undefined;
  let bestScore = 0;
  for (const { channel: target } of targets) {
    for (const amountSat of amountsFor(target, settings)) {
      const routeFrom = estimate({
        node: target.outlook.channel.node,
        targetChannel: target.id,
        amountMsat: satToMsat(amountSat),
      });
      for (const { channel: source } of sources) {
        const move = judge(source, target, amountSat, routeFrom, settings, blocked);
        if (move === undefined) continue;
        const score = (move.grossMsat - move.route.feeMsat) * move.route.probability;
        if (score > bestScore) {
          best = move;
          bestScore = score;
        }
      }
    }
  }
  return best;
}

/** From the amount that would cover the need with 90 % down to a tenth of it. */
function amountsFor(target: PlannedChannel, settings: PlannerOptions): number[] {
  const need = target.outlook.forecast?.outboundNeed.sat.at(-1) ?? 0;
  const most = Math.min(need - target.localSat, target.takeableSat, settings.maxAmountSat);
  return AMOUNT_SHARES.map((share) => Math.floor(share * most))
    .filter((amountSat) => amountSat >= settings.minAmountSat);
}

function judge(
  source: PlannedChannel,
  target: PlannedChannel,
  amountSat: number,
  routeFrom: (sourceChannel: string) => RouteEstimate | undefined,
  settings: PlannerOptions,
  blocked: Blocked,
): Move | undefined {
  const from = source.outlook.channel, to = target.outlook.channel;
  if (from.peer === to.peer || source.givableSat < amountSat) return undefined;
  const note = (
    code: "no_source" | "no_route" | "too_expensive" | "low_confidence",
    value: number,
  ) => {
    const before = blocked.get(target.id);
    if (before === undefined || rank(code) > rank(before.code)) {
      blocked.set(target.id, { code, value, amountSat });
    }
    return undefined;
  };
  const grossMsat = target.gainOfReceivingMsat(amountSat) - source.lossOfGivingMsat(amountSat);
  if (grossMsat < settings.minGainMsat) return note("no_source", grossMsat);
  const route = routeFrom(source.id);
  if (route === undefined) return note("no_route", 0);
  if (
    grossMsat < settings.marginFactor * route.feeMsat ||
    grossMsat - route.feeMsat < settings.minGainMsat
  ) return note("too_expensive", route.feeMsat);
  const confidence = payBackChance(target, route.feeMsat);
  if (confidence < settings.minConfidence) return note("low_confidence", confidence);
  return { source, target, amountSat, grossMsat, route, confidence };
}

/** The chance that outflow beyond today's balance earns back the fee. */
function payBackChance(target: PlannedChannel, feeMsat: number): number {
  const { earnedOutPpm } = target.outlook;
  if (earnedOutPpm <= 0) return 0;
  return target.chanceOfUse(feeMsat / 1000 / (earnedOutPpm / 1e6));
}

/** How near to a suggestion a refusal came. */
function rank(code: "no_source" | "no_route" | "too_expensive" | "low_confidence"): number {
  return ["no_source", "no_route", "too_expensive", "low_confidence"].indexOf(code);
}

function suggestionOf(move: Move, timeMs: number, settings: PlannerOptions): Suggestion {
  const { source, target, amountSat, grossMsat, route, confidence } = move;
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
    feeLimitMsat: Math.floor(grossMsat / settings.marginFactor),
    confidence,
    expectedGainMsat: Math.floor(grossMsat - route.feeMsat),
    expectedFeeMsat: Math.ceil(route.feeMsat),
    sourceOptimalRatio: source.outlook.optimal?.optimalRatio ?? 0.5,
    targetOptimalRatio: target.outlook.optimal?.optimalRatio ?? 0.5,
    expiresAt: timeMs + settings.expiryMs,
    reasons: suggestionReasons(source, target, { amountSat, grossMsat, route, confidence }),
  };
}
