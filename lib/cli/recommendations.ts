import { balanceBarText, shortName } from "../charts/mod.ts";
import {
  DAY_MS,
  formatDuration,
  formatPercent,
  formatSat,
  isoTime,
  MSAT_PER_SAT,
  textTable,
} from "../core/mod.ts";
import type { Lens } from "../lens/mod.ts";
import type { Network } from "../network/mod.ts";
import type { ChannelOutlook, Decision, Plan } from "../planning/mod.ts";
import { shortChannelId, snakeNames, type Suggestion } from "../protocol/mod.ts";

/** One channel's line. */
export interface ChannelLine {
  outlook: ChannelOutlook;
  decision: Decision;
  suggestion?: Suggestion;
  /** What the peer calls itself, else its key. */
  peerName: string;
}

/** All that `recommend` shows. */
export interface Recommendations {
  nodeId: string;
  nodeName: string;
  timeMs: number;
  modelId: string;
  /** What matters most first. */
  lines: ChannelLine[];
  plan: Plan;
}

/** Scores the channels of one node and sorts them. */
export function recommendationsOf(
  lens: Lens,
  node: { nodeId: string; nodeName: string; graph?: Network },
): Recommendations {
  const plan = lens.recommend();
  const decisions = new Map(plan.decisions.map((d) => [`${d.node}/${d.channelId}`, d]));
  const suggestions = new Map(plan.suggestions.map((s) => [s.id, s]));
  const { graph } = node;
  const lines = lens.outlooks().filter(({ channel }) => channel.node === node.nodeId)
    .flatMap((outlook): ChannelLine[] => {
      const decision = decisions.get(`${outlook.channel.node}/${outlook.channel.channelId}`);
      if (decision === undefined) return [];
      const index = graph?.nodeOf(outlook.channel.peer);
      const alias = index === undefined ? "" : graph!.aliases[index];
      const suggestion = suggestions.get(decision.suggestionId ?? "");
      return [{ outlook, decision, suggestion, peerName: alias || outlook.channel.peer }];
    });
  const { nodeId, nodeName } = node;
  const modelId = lens.forecaster.id;
  return { nodeId, nodeName, timeMs: plan.timeMs, modelId, lines: lines.sort(byWeight), plan };
}

/**
 * Suggestions first, those that gain most at the top and both ends of one together; then what is
 * most likely to lose fees; channels that are off come last.
 */
function byWeight(a: ChannelLine, b: ChannelLine): number {
  return Number(b.outlook.channel.active) - Number(a.outlook.channel.active) ||
    (b.suggestion?.expectedGainMsat ?? -Infinity) - (a.suggestion?.expectedGainMsat ?? -Infinity) ||
    compare(a.suggestion?.id ?? "", b.suggestion?.id ?? "") ||
    compare(b.decision.code, a.decision.code) * Number(a.suggestion !== undefined) ||
    atStake(b.outlook) - atStake(a.outlook) ||
    b.outlook.channel.capacitySat - a.outlook.channel.capacitySat ||
    compare(a.outlook.channel.channelId, b.outlook.channel.channelId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Fees that are expected to be lost for want of balance, msat. */
function atStake({ forecast, optimal }: ChannelOutlook): number {
  if (forecast === undefined || optimal === undefined) return -1;
  return forecast.feesAtStakeMsat * Math.max(optimal.shortOutbound, optimal.shortInbound);
}

/** See `balanceBarText`. */
export function balanceBar({ channel, optimal }: ChannelOutlook): string {
  return balanceBarText({
    ratio: channel.localBalanceSat / channel.capacitySat,
    optimal: optimal && { low: optimal.lowRatio, high: optimal.highRatio },
  });
}

const HEADER = [
  "peer",
  "channel",
  "capacity",
  "local -> remote",
  "local",
  "out",
  "in",
  "sure",
  "gain",
  "limit",
  "what and why",
];

/**
 * The table of the first `count` channels, and what is to be known beside it.
 *
 * @param within cells that a line may take
 */
export function recommendationLines(
  found: Recommendations,
  count: number,
  within = Infinity,
): string[] {
  const { lines, plan, nodeName, nodeId, timeMs, modelId } = found;
  const horizonMs = lines.find(({ outlook }) => outlook.forecast)?.outlook.forecast?.horizonMs ??
    DAY_MS;
  const shown = lines.slice(0, count);
  const rest = lines.length - shown.length;
  return [
    `${nodeName || shortName(nodeId)}: ${lines.length} channels, ` +
    `${plan.suggestions.length} rebalances would pay; ${isoTime(timeMs)}, model ${modelId}`,
    "",
    ...textTable(HEADER, shown.map(cellsOf), within),
    ...(rest > 0 ? ["", `${rest} more that matter less: --all, or --top ${lines.length}`] : []),
    "",
    "Bar: # local, . remote balance, [ ] the optimal interval. Out and in: what is expected to " +
    `leave and come net within ${formatDuration(horizonMs)}, median to 90 %.`,
  ];
}

function cellsOf({ outlook, decision, suggestion, peerName }: ChannelLine): string[] {
  const { channel, forecast } = outlook;
  const need = (sat: readonly number[] | undefined) =>
    sat === undefined ? "?" : `${compactSat(sat[2])}-${compactSat(sat.at(-1) ?? 0)}`;
  return [
    shortName(peerName, 16),
    shortChannelId(channel.channelId),
    compactSat(channel.capacitySat),
    balanceBar(outlook),
    formatPercent(channel.localBalanceSat / channel.capacitySat, 0),
    need(forecast?.outboundNeed.sat),
    need(forecast?.inboundNeed.sat),
    suggestion === undefined ? "" : formatPercent(suggestion.confidence, 0),
    suggestion === undefined ? "" : formatSat(suggestion.expectedGainMsat / MSAT_PER_SAT),
    suggestion === undefined ? "" : formatSat(suggestion.feeLimitMsat / MSAT_PER_SAT),
    `${decision.code}: ${decision.reason}`,
  ];
}

/** `850`, `12k`, `3.4M`: satoshis where room is short. */
export function compactSat(sat: number): string {
  if (sat >= 999_500) return `${(sat / 1e6).toPrecision(sat >= 99_950_000 ? 3 : 2)}M`;
  return sat >= 1000 ? `${Math.round(sat / 1000)}k` : String(Math.round(sat));
}

/** The same for programs, with snake_case names. */
export function recommendationsJson(found: Recommendations): Record<string, unknown> {
  const { nodeId, nodeName, timeMs, modelId, lines, plan } = found;
  return {
    node: nodeId,
    alias: nodeName,
    timestamp: isoTime(timeMs),
    model: modelId,
    channels: lines.map(({ outlook, decision, suggestion, peerName }) => ({
      ...snakeNames(outlook.channel) as object,
      short_channel_id: shortChannelId(outlook.channel.channelId),
      peer_alias: peerName,
      forecast: outlook.forecast === undefined ? null : snakeNames(outlook.forecast),
      optimal: outlook.optimal === undefined ? null : snakeNames(outlook.optimal),
      forwards_seen: outlook.forwardsSeen,
      decision: decision.code,
      reason: decision.reason,
      suggestion: suggestion?.id ?? null,
    })),
    suggestions: plan.suggestions.map((s) => ({
      ...snakeNames(s) as object,
      expires_at: isoTime(s.expiresAt),
    })),
  };
}
