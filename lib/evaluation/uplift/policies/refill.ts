import type { ChannelState, Suggestion } from "../../../protocol/mod.ts";
import type { NodeView } from "../node_view.ts";
import { perNode, type PolicyMaker } from "../policy.ts";
import { gridAmountSat, RouteGuess } from "../route_guess.ts";
import {
  activeChannels,
  failedLately,
  LEAST_AMOUNT_SAT,
  MOST_AMOUNT_SAT,
  MOST_SUGGESTIONS,
  Stock,
  suggestionFrom,
} from "./suggest.ts";

/** A channel and what is known of it at the time of a plan. */
export interface ChannelAt {
  channel: ChannelState;
  view: NodeView;
  timeMs: number;
}

/** What tells one refilling policy from another. */
export interface RefillRule {
  /** What a channel wants to get, sat; 0 when it is no target. */
  wantsSat(at: ChannelAt): number;
  /** What it can do without, sat; 0 when it is no source. */
  givesSat(at: ChannelAt): number;
  /** The most that is paid for refilling it, ppm of the amount. */
  limitPpm(at: ChannelAt): number;
  /** Targets with more of it are served first. */
  urgency(at: ChannelAt): number;
}

/**
 * A policy that refills channels by a rule of thumb: targets by urgency, each from the source whose
 * route most likely arrives for the least, within the limit; where no route is that cheap for the
 * whole amount, for half of it, and so on.
 */
export function refillPolicy(rule: RefillRule): PolicyMaker {
  return ({ views, network }) => {
    const routes = new RouteGuess(network);
    return perNode((view, timeMs) => {
      routes.renew(timeMs);
      return planRefills(rule, { view, timeMs, routes });
    })(views);
  };
}

function planRefills(
  rule: RefillRule,
  { view, timeMs, routes }: { view: NodeView; timeMs: number; routes: RouteGuess },
): Suggestion[] {
  const channels = activeChannels(view).map((channel) => {
    const at = { channel, view, timeMs };
    return { at, wantsSat: rule.wantsSat(at), leftSat: rule.givesSat(at) };
  });
  const targets = channels.filter(({ wantsSat }) => wantsSat >= LEAST_AMOUNT_SAT)
    .map((target) => ({ ...target, urgency: rule.urgency(target.at) }))
    .sort((a, b) => b.urgency - a.urgency);
  const suggestions: Suggestion[] = [];
  for (const { at, wantsSat } of targets) {
    if (suggestions.length === MOST_SUGGESTIONS) break;
    const target = at.channel;
    const { takeableSat } = new Stock(target);
    const sources = channels.filter(({ at: { channel } }) =>
      channel.peer !== target.peer && !failedLately(view, { source: channel, target }, timeMs)
    );
    let amountSat = gridAmountSat(Math.min(wantsSat, takeableSat, MOST_AMOUNT_SAT));
    for (; amountSat >= LEAST_AMOUNT_SAT; amountSat /= 2) {
      const limitMsat = amountSat * 1000 * rule.limitPpm(at) / 1e6;
      const routeFrom = routes.into(view.node, target.channelId, amountSat);
      const best = bestSource(sources, amountSat, limitMsat, routeFrom);
      if (best === undefined) continue;
      best.source.leftSat -= amountSat;
      suggestions.push(suggestionFrom({
        source: best.source.at.channel,
        target,
        amountSat,
        feeLimitMsat: limitMsat,
        gainMsat: limitMsat,
        feeMsat: best.feeMsat,
      }, timeMs));
      break;
    }
  }
  return suggestions;
}

function bestSource<S extends { at: ChannelAt; leftSat: number }>(
  sources: readonly S[],
  amountSat: number,
  limitMsat: number,
  routeFrom: ReturnType<RouteGuess["into"]>,
): { source: S; feeMsat: number } | undefined {
  let best: { source: S; feeMsat: number; worth: number } | undefined;
  for (const source of sources) {
    if (source.leftSat < amountSat) continue;
    const route = routeFrom(source.at.channel.channelId);
    if (route === undefined || route.feeMsat > limitMsat) continue;
    const worth = route.probability * (limitMsat - route.feeMsat);
    if (best === undefined || worth > best.worth) best = { source, feeMsat: route.feeMsat, worth };
  }
  return best;
}
