import {
  formatDuration,
  formatPercent,
  formatPpm,
  formatSat,
  HOUR_MS,
  MSAT_PER_SAT,
} from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import { isCooling } from "./eligibility.ts";
import type { ChosenMove } from "./market.ts";
import type { Blocked } from "./refusals.ts";
import type { ChannelOutlook, Decision, DecisionCode, PlannerOptions } from "./types.ts";

/** Demand below this part of a satoshi a horizon is none. */
const NO_DEMAND_MSAT = 100;

/** Why a suggestion is made, in sentences with their numbers. */
export function suggestionReasons(move: ChosenMove, timeMs: number): string[] {
  const { source, target } = move;
  const t = target.outlook, s = source.outlook;
  const horizon = formatDuration(t.forecast?.horizonMs ?? 0);
  const median = t.forecast?.outboundNeed.sat[2] ?? 0;
  const high = t.forecast?.outboundNeed.sat.at(-1) ?? 0;
  return [
    `the target expects an outflow of ${formatSat(median)} (median) to ${formatSat(high)} ` +
    `(90 %) within ${horizon} and holds ${formatSat(target.localSat)}`,
    `it earns ${formatPpm(t.earnedOutPpm)} going out; its chance to run short is ` +
    `${formatPercent(t.optimal?.shortOutbound ?? 0, 0)}`,
    `the source holds ${
      formatPercent(source.localSat / s.channel.capacitySat, 0)
    } of its capacity ` +
    `and earns ${formatPpm(s.earnedOutPpm)} going out`,
    ...pastReasons(move, timeMs),
    `gain ${formatSat(move.grossMsat / MSAT_PER_SAT)} against a fee of about ` +
    `${formatSat(move.route.feeMsat / MSAT_PER_SAT)} ` +
    `(${formatPpm(move.route.feeMsat * 1e3 / move.amountSat)}); the chance that it pays for ` +
    `itself is ${formatPercent(move.confidence, 0)}${triedReason(move, horizon)}`,
  ];
}

/** In how much of the past it would have paid for itself. */
function triedReason({ basis: { tried } }: ChosenMove, horizon: string): string {
  if (tried.length === 0) return "";
  const paid = tried.filter(({ whole }) => whole).length;
  return tried.length === 1
    ? `; in the last ${horizon} it would ${paid === 1 ? "" : "not "}have`
    : `; it would have in ${paid} of the last ${tried.length} stretches of ${horizon}`;
}

/** What the gain rests on where it rests on the past. */
function pastReasons({ source, amountSat, replayed }: ChosenMove, timeMs: number): string[] {
  if (replayed.length === 0) return [];
  const windows = replayed.map(({ sinceMs, earnedMsat }) => {
    const hours = Math.round((timeMs - sinceMs) / HOUR_MS);
    return `${formatSat(earnedMsat / MSAT_PER_SAT)} in ${formatDuration(hours * HOUR_MS)}`;
  });
  const usedMsat = source.expectedUseMsat(amountSat);
  return [
    `by what was attempted lately it would have earned ${windows.join(", ")}; ` +
    `${formatSat(usedMsat / MSAT_PER_SAT)} are taken off for what the source may be asked for`,
  ];
}

/** The decision for every channel of one node. */
export function decideAll(
  outlooks: readonly ChannelOutlook[],
  suggestions: readonly Suggestion[],
  blocked: Blocked,
  timeMs: number,
  settings: PlannerOptions,
): Decision[] {
  return outlooks.map((outlook) => {
    const { node, channelId } = outlook.channel;
    const target = suggestions.find((s) => s.targetChannel === channelId);
    const source = suggestions.find((s) => s.sourceChannel === channelId);
    const suggestion = target ?? source;
    const [code, reason] = suggestion === undefined
      ? whyNot(outlook, blocked, timeMs, settings)
      : suggested(suggestion, target !== undefined);
    return { node, channelId, code, reason, suggestionId: suggestion?.id };
  });
}

function suggested(s: Suggestion, isTarget: boolean): [DecisionCode, string] {
  const amount = formatSat(s.amountMsat / MSAT_PER_SAT);
  const limit = formatSat(s.feeLimitMsat / MSAT_PER_SAT);
  return isTarget
    ? ["suggested_target", `take in ${amount} for at most ${limit}`]
    : ["suggested_source", `give ${amount} for at most ${limit}`];
}

function whyNot(
  outlook: ChannelOutlook,
  blocked: Blocked,
  timeMs: number,
  settings: PlannerOptions,
): [DecisionCode, string] {
  const { channel, forecast, optimal } = outlook;
  if (settings.ruleOf(channel).role === "none") return ["excluded", "excluded by the settings"];
  if (!channel.active) return ["inactive", "the channel is offline or disabled"];
  if (forecast === undefined || optimal === undefined) {
    return [
      "learning",
      `watched for ${formatDuration(outlook.observedMs)}, ${outlook.forwardsSeen} forward${
        outlook.forwardsSeen === 1 ? "" : "s"
      }: too little for a forecast yet`,
    ];
  }
  const ratio = channel.localBalanceSat / channel.capacitySat;
  const interval = `${formatPercent(optimal.lowRatio, 0)} to ${
    formatPercent(optimal.highRatio, 0)
  }`;
  if (forecast.feesAtStakeMsat < NO_DEMAND_MSAT) {
    return [
      "no_demand",
      `less than 1 sat of fees is expected within ${formatDuration(forecast.horizonMs)}`,
    ];
  }
  if (ratio >= optimal.lowRatio && ratio <= optimal.highRatio) {
    return ["balanced", `${formatPercent(ratio, 0)} is within the optimal ${interval}`];
  }
  const role = ratio < optimal.lowRatio ? "target" : "source";
  if (isCooling(outlook, role, timeMs, settings)) {
    const { applied, timeMs: lastMs } = outlook.lastRebalance!;
    const what = applied ? "rebalanced" : "a rebalance failed";
    return ["cool_down", `${what} ${formatDuration(timeMs - lastMs)} ago`];
  }
  if (role === "source") {
    return [
      "no_target",
      `${formatPercent(ratio, 0)} is above the optimal ${interval}, but no channel gains by it`,
    ];
  }
  return refusal(blocked.get(channel.channelId), settings, interval);
}

function refusal(
  found: ReturnType<Blocked["get"]>,
  settings: PlannerOptions,
  interval: string,
): [DecisionCode, string] {
  switch (found?.code) {
    case "no_route":
      return [
        "no_route",
        `no route is known that brings ${formatSat(found.amountSat)} here for less than it gains`,
      ];
    case "too_expensive":
      return [
        "too_expensive",
        `the cheapest route costs ${formatSat(found.value / MSAT_PER_SAT)} for ` +
        `${formatSat(found.amountSat)}: more than ` +
        `${formatPercent(1 / settings.marginFactor, 0)} of the gain`,
      ];
    case "low_confidence":
      return [
        "low_confidence",
        `the chance that it pays for itself is only ${formatPercent(found.value, 0)} (least: ` +
        `${formatPercent(settings.minConfidence, 0)})`,
      ];
    case "over_budget":
      return [
        "over_budget",
        `${formatSat(found.value / MSAT_PER_SAT)} of fees for ${formatSat(found.amountSat)} are ` +
        `more than what is left of the plan's budget`,
      ];
    default:
      return [
        "no_source",
        `below the optimal ${interval}, but no other channel can give without losing more`,
      ];
  }
}
