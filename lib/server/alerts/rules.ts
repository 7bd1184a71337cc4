import { shortName } from "../../charts/browser.ts";
import { formatDuration, formatPercent, formatSat, MINUTE_MS } from "../../core/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";
import type { ChannelOutlook } from "../../planning/mod.ts";

/** What needs a human. */
export const ALERT_CODES = [
  "channel_draining",
  "drift",
  "model_refused",
  "budget_used_up",
  "node_unreachable",
] as const;
export type AlertCode = typeof ALERT_CODES[number];

/** One thing that needs a human, as long as it does. */
export interface Alert {
  code: AlertCode;
  /** The same thing has the same key: `code`, or `code:what`. */
  key: string;
  /** What is the matter, in a sentence with its numbers. */
  text: string;
  /** What to do about it. */
  advice: string;
  /** The same in few words, for a list of many; where there can be many. */
  brief?: string;
  /** What may be lost, sat; where it is known. */
  stakeSat?: number;
}

/** From when on something needs a human. */
export interface AlertThresholds {
  /** Chance that a channel runs short of outbound liquidity within the horizon, 0 to 1. */
  shortChance: number;
  /** Fees that its forwards of the horizon would earn, sat. */
  stakeSat: number;
  /** Share of the budget that is spent or set aside, 0 to 1. */
  budgetShare: number;
  /** How long a node has not answered. */
  unreachableMs: number;
}

export const ALERT_DEFAULTS = {
  shortChance: 0.8,
  stakeSat: 500,
  budgetShare: 1,
  unreachableMs: 10 * MINUTE_MS,
} as const satisfies AlertThresholds;

/** What the rules look at. All but the time may be unknown. */
export interface AlertView {
  nowMs: number;
  outlooks?: readonly ChannelOutlook[];
  /** What a node calls itself; null where that is not known. */
  aliasOf?: (node: string) => string | null;
  /** What the drift detector says, while drift lasts. */
  drift?: string;
  /** How the last retraining ended. */
  retraining?: { status: string; reason: string };
  /** Fees of the last 24 hours against the budget, sat. */
  budget?: { usedSat: number; budgetSat: number };
  /** When the node was last heard of, Unix ms, and what came between. */
  node?: { lastHeardMs: number; reason: string };
}

/** How alerts are raised and told. */
export interface AlertOptions {
  thresholds?: Partial<AlertThresholds>;
  /** Where changes are posted; it may hold a secret. */
  webhookUrl?: string;
  /** When the node that is followed was last heard of; undefined where none is. */
  node?: () => AlertView["node"];
}

/** Everything that needs a human now, by code, then by key. */
export function alertsOf(
  view: AlertView,
  thresholds: AlertThresholds = ALERT_DEFAULTS,
): Alert[] {
  return [
    ...drainingChannels(view, thresholds),
    ...driftAlert(view),
    ...modelAlert(view),
    ...budgetAlert(view, thresholds),
    ...nodeAlert(view, thresholds),
  ];
}

function drainingChannels(
  { outlooks = [], aliasOf = () => null }: AlertView,
  limits: AlertThresholds,
): Alert[] {
  return outlooks.flatMap(({ channel, forecast, optimal }) => {
    if (forecast === undefined || optimal === undefined) return [];
    const stakeSat = forecast.feesAtStakeMsat / 1000;
    if (optimal.shortOutbound < limits.shortChance || stakeSat < limits.stakeSat) return [];
    const which = `${channel.channelId} to ${calledBy(aliasOf(channel.peer)) || channel.peer}`;
    const chance = formatPercent(optimal.shortOutbound, 0);
    return [{
      code: "channel_draining" as const,
      key: `channel_draining:${channelKey(channel.node, channel.channelId)}`,
      text: `channel ${which} is about to run short of outbound liquidity ` +
        `(${chance} within ${formatDuration(forecast.horizonMs)}); ` +
        `${formatSat(stakeSat)} of fees are at stake`,
      advice: "look at its recommendation; raise its fee if no rebalance pays",
      brief: `${which} (${chance}, ${formatSat(stakeSat)})`,
      stakeSat,
    }];
  }).sort((a, b) => a.key < b.key ? -1 : 1);
}

/** A name that a stranger chose, on one line. */
function calledBy(alias: string | null): string {
  return shortName(alias ?? "", 32);
}

function driftAlert({ drift }: AlertView): Alert[] {
  if (drift === undefined) return [];
  return [{
    code: "drift",
    key: "drift",
    text: `the network is not what the model was trained on: ${drift}`,
    advice: "retraining was begun early; recommendations are less sure until it ends",
  }];
}

function modelAlert({ retraining }: AlertView): Alert[] {
  if (retraining?.status !== "failed" && retraining?.status !== "refused") return [];
  return [{
    code: "model_refused",
    key: "model_refused",
    text: `the last retraining was ${retraining.status}: ${retraining.reason}`,
    advice: retraining.status === "failed"
      ? "the champion goes on serving; the log tells what failed"
      : "the champion goes on serving; nothing to do unless it lasts for days",
  }];
}

function budgetAlert({ budget }: AlertView, { budgetShare }: AlertThresholds): Alert[] {
  if (budget === undefined || budget.usedSat < budgetShare * budget.budgetSat) return [];
  return [{
    code: "budget_used_up",
    key: "budget_used_up",
    text: `${formatSat(budget.usedSat)} of the budget of ${
      formatSat(budget.budgetSat)
    } are spent or set aside in 24 hours`,
    advice: "no rebalance is carried out until some of it is free; raise the budget if they pay",
  }];
}

function nodeAlert({ node, nowMs }: AlertView, { unreachableMs }: AlertThresholds): Alert[] {
  if (node === undefined || nowMs - node.lastHeardMs < unreachableMs) return [];
  return [{
    code: "node_unreachable",
    key: "node_unreachable",
    text: `the node has not answered for ${
      formatDuration(nowMs - node.lastHeardMs)
    }: ${node.reason}`,
    advice: "see whether it runs and whether its address and macaroon still hold (doctor)",
  }];
}
