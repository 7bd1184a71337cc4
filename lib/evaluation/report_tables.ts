import { decisionLabel } from "../charts/mod.ts";
import { formatPercent, formatPpm, formatSat } from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import {
  type Analysis,
  type AnalyzedChannel,
  balanceRatio,
  type BalanceSide,
  mostAtStake,
} from "./analysis.ts";
import { code, prose, table } from "./markdown.ts";
import { whyNotCounts } from "./pictures.ts";
import { pageAnchor } from "./report_channels.ts";
import type { AnalysisStatistics } from "./statistics.ts";

/** Rows of the longer tables at most; the predictions file holds all. */
const MOST_ROWS = 50;
const UNKNOWN = "–";

const SIDES: Record<BalanceSide, string> = {
  short_outbound: "short of outbound",
  short_inbound: "short of inbound",
  within: "as it should be",
  learning: "learning",
};

/** What to do, best first, with reasons; empty when there is nothing. */
export function recommendationsSection({ plan, channels }: Analysis): string {
  if (plan.suggestions.length === 0) {
    return "## Recommendations\n\nNone: no rebalance pays for itself now.";
  }
  const manyNodes = new Set(channels.map(({ outlook }) => outlook.channel.node)).size > 1;
  const best = [...plan.suggestions].sort((a, b) =>
    b.expectedGainMsat - a.expectedGainMsat || (a.id < b.id ? -1 : 1)
  );
  const right = (name: string) => ({ name, align: "right" as const });
  const columns = [
    right("#"),
    ...(manyNodes ? [{ name: "node" }] : []),
    { name: "from peer, channel" },
    { name: "to peer, channel" },
    ...["amount", "confidence", "expected gain", "expected fee", "fee limit"].map(right),
  ];
  const because = new Map(
    channels.filter(({ suggestion, outlook }) =>
      suggestion?.targetChannel === outlook.channel.channelId
    ).map(({ suggestion, reasons }) => [suggestion!.id, reasons.outbound] as const),
  );
  const reasons = best.map((s, index) => {
    const said = [...s.reasons, ...because.get(s.id) ?? []].map(prose);
    return `${index + 1}. from ${code(s.sourceNode)} to ${code(s.targetNode)}: ${said.join("; ")}.`;
  });
  return [
    "## Recommendations",
    table(columns, best.map((s, index) => recommendationRow(s, index, manyNodes))),
    "What speaks for each of them:",
    reasons.join("\n"),
  ].join("\n\n");
}

function recommendationRow(s: Suggestion, index: number, manyNodes: boolean): string[] {
  const sat = (msat: number) => formatSat(msat / 1000);
  return [
    String(index + 1),
    ...(manyNodes ? [code(s.node)] : []),
    `${code(s.sourceNode)} ${code(s.sourceChannel)}`,
    `${code(s.targetNode)} ${code(s.targetChannel)}`,
    sat(s.amountMsat),
    formatPercent(s.confidence, 0),
    sat(s.expectedGainMsat),
    sat(s.expectedFeeMsat),
    `${sat(s.feeLimitMsat)}, ${formatPpm(s.feeLimitMsat / s.amountMsat * 1e6)}`,
  ];
}

/** The channels with most at stake: where they stand, where they should, what is decided. */
export function channelsSection({ channels }: Analysis): string {
  const rows = mostAtStake(channels, ({ outlook }) => outlook);
  const right = (name: string) => ({ name, align: "right" as const });
  const columns = [
    right("#"),
    { name: "peer, channel" },
    ...["capacity", "balance", "optimal", "short out", "short in", "at stake"].map(right),
    { name: "balance is" },
    right("confidence"),
    { name: "decision" },
  ];
  const rest = channels.length > rows.length
    ? `The ${rows.length} channels with most fees at stake, of ${channels.length}.`
    : "Most fees at stake first.";
  return `${rest}\n\n${table(columns, rows.map(channelRow))}`;
}

function channelRow(channel: AnalyzedChannel, index: number): string[] {
  const { outlook: { channel: state, forecast, optimal }, decision, side, confidence } = channel;
  const percent = (ratio: number | undefined) =>
    ratio === undefined ? UNKNOWN : formatPercent(ratio, 0);
  return [
    `[${index + 1}](#${pageAnchor(index + 1)})`,
    `${code(state.peer)} ${code(state.channelId)}`,
    formatSat(state.capacitySat),
    formatPercent(balanceRatio(channel), 0),
    optimal === undefined
      ? UNKNOWN
      : `${percent(optimal.optimalRatio)} (${percent(optimal.lowRatio)} to ${
        percent(optimal.highRatio)
      })`,
    percent(optimal?.shortOutbound),
    percent(optimal?.shortInbound),
    forecast === undefined ? UNKNOWN : formatSat(forecast.feesAtStakeMsat / 1000),
    SIDES[side],
    percent(confidence),
    decisionLabel(decision.code),
  ];
}

/** Why channels get no rebalance: counted, then one by one where their balance is not as it should be. */
export function whyNotSection({ channels }: Analysis): string {
  const without = channels.filter(({ suggestion }) => suggestion === undefined);
  if (without.length === 0) return "";
  const counts = table(
    [{ name: "reason" }, { name: "channels", align: "right" }],
    whyNotCounts(channels).map(({ reason, count }) => [reason, String(count)]),
  );
  const stake = ({ outlook }: AnalyzedChannel) => outlook.forecast?.feesAtStakeMsat ?? 0;
  const off = without.filter(({ side }) => side !== "within" && side !== "learning")
    .sort((a, b) => stake(b) - stake(a));
  const head = `## Why not\n\nChannels that get no rebalance:\n\n${counts}`;
  if (off.length === 0) return head;
  const rows = off.slice(0, MOST_ROWS).map(({ outlook, side, decision }) => [
    `${code(outlook.channel.peer)} ${code(outlook.channel.channelId)}`,
    SIDES[side],
    decisionLabel(decision.code),
    prose(decision.reason),
  ]);
  const columns = ["peer, channel", "balance is", "decision", "reason"].map((name) => ({ name }));
  const some = off.length > rows.length ? ` (${rows.length} of ${off.length})` : "";
  return `${head}\n\nThose whose balance is not as it should be${some}, most at stake first:\n\n${
    table(columns, rows)
  }`;
}

/** Sums by node, where there are several. */
export function nodesSection({ nodes }: AnalysisStatistics): string {
  if (nodes.length < 2) return "";
  const right = (name: string) => ({ name, align: "right" as const });
  const columns = [
    { name: "node" },
    ...["channels", "capacity", "local balance", "fees at stake"].map(right),
  ];
  const rows = nodes.slice(0, MOST_ROWS).map((node) => [
    code(node.node),
    String(node.channels),
    formatSat(node.capacitySat),
    formatPercent(node.localBalanceSat / node.capacitySat, 0),
    formatSat(node.feesAtStakeMsat / 1000),
  ]);
  return `## Nodes\n\n${table(columns, rows)}`;
}

/** How the figures are spread over the channels. */
export function statisticsSection({ figures }: AnalysisStatistics): string {
  const names = ["channels", "mean", "deviation", "least", "median", "most"];
  const columns = [
    { name: "figure" },
    ...names.map((name) => ({ name, align: "right" as const })),
  ];
  const rows = figures.map(({ figure, count, mean, std, min, median, max }) => [
    figure,
    String(count),
    ...[mean, std, min, median, max].map(plainNumber),
  ]);
  return `## Statistics\n\n${table(columns, rows)}`;
}

/** Whole numbers with separators from 100 on, three digits below. */
function plainNumber(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));
}
