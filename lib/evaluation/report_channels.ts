import {
  balanceBarText,
  decisionLabel,
  type DemandFan,
  demandFan,
  PICTURE_STYLE,
  shortName,
} from "../charts/mod.ts";
import { formatPercent, formatPpm, formatSat } from "../core/mod.ts";
import { horizonText, SIDES } from "../learning/mod.ts";
import { type DemandForecast, probabilityAbove, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import {
  type Analysis,
  type AnalyzedChannel,
  balanceRatio,
  type ChannelTerms,
  mostAtStake,
} from "./analysis.ts";
import { code, prose, table } from "./markdown.ts";
import { chartBalance } from "./pictures.ts";

/** Place of 50 % and 90 % among the levels. */
const HALF = QUANTILE_LEVELS.indexOf(0.5), MOST = QUANTILE_LEVELS.indexOf(0.9);
const UNKNOWN = "–";

/** The channels that are told of one by one, most at stake first. */
export function pagedChannels({ channels }: Analysis): AnalyzedChannel[] {
  return mostAtStake(channels, ({ outlook }) => outlook);
}

/** Name of the anchor of a channel's page; `place` counts from 1. */
export function pageAnchor(place: number): string {
  return `channel-${place}`;
}

/** The balance and what is forecast of it over all horizons; undefined while learning. */
export function channelFan({ outlook: { channel }, horizons }: AnalyzedChannel) {
  if (horizons.length === 0) return undefined;
  const at = ({ sat }: { sat: readonly number[] }) => ({ half: sat[HALF], most: sat[MOST] });
  const fan: DemandFan = {
    label: shortName(channel.peer),
    capacitySat: channel.capacitySat,
    localBalanceSat: channel.localBalanceSat,
    points: horizons.map(({ horizonMs, outboundNeed, inboundNeed }) => ({
      horizonMs,
      outbound: at(outboundNeed),
      inbound: at(inboundNeed),
    })),
  };
  return demandFan(fan, { ...PICTURE_STYLE, titles: false });
}

/** What a channel's page shows above its words, in Markdown; `place` counts from 1. */
export type PagePictures = (channel: AnalyzedChannel, place: number) => string;

/**
 * A page a channel, folded up: balance, needs by horizon, chances, terms, decision and the reasons.
 *
 * @param pictures drawn into each page; without them the balance is a line of text
 */
export function channelPagesSection(analysis: Analysis, pictures?: PagePictures): string {
  const paged = pagedChannels(analysis);
  const all = analysis.channels.length;
  const which = all > paged.length
    ? `The ${paged.length} with most fees at stake, of ${all}. `
    : "";
  return [
    "## Channel by channel",
    `${which}Needs are what the deepest net flow of a horizon asks of the balance of that side.`,
    ...paged.map((channel, index) => channelPage(channel, index + 1, pictures)),
  ].join("\n\n");
}

function channelPage(
  channel: AnalyzedChannel,
  place: number,
  pictures: PagePictures | undefined,
): string {
  const { outlook: { channel: state, optimal }, decision, suggestion } = channel;
  const interval = optimal === undefined
    ? "still learning: no forecast yet"
    : `optimal ${formatPercent(optimal.lowRatio, 0)} to ${formatPercent(optimal.highRatio, 0)}`;
  const fan = channelFan(channel);
  const facts = [
    ...(fan === undefined ? [] : [prose(fan.summary)]),
    `Balance ${formatSat(state.localBalanceSat)} local, ${formatSat(state.remoteBalanceSat)} ` +
    `remote (${formatPercent(balanceRatio(channel), 0)} local; ${interval})`,
    ...(optimal === undefined ? [] : [
      `Chance to run short: outbound ${formatPercent(optimal.shortOutbound, 0)}, inbound ` +
      formatPercent(optimal.shortInbound, 0),
    ]),
    `Own terms ${termsText(channel.terms.local)}; the peer's ${termsText(channel.terms.remote)}`,
    `Decision: ${decisionLabel(decision.code)}. ${prose(decision.reason)}`,
    ...(suggestion === undefined ? [] : [suggestionText(channel)]),
    ...reasonsOf(channel).map((reason) => `Because ${prose(reason)}`),
  ];
  return [
    `<details id="${pageAnchor(place)}">\n<summary>`,
    `### ${place}. ${code(state.peer)} ${code(state.channelId)}`,
    "</summary>",
    pictures?.(channel, place) ??
      `\`${
        balanceBarText(chartBalance(channel), 40)
      }\` local \\# and remote ., optimal in brackets`,
    facts.map((fact) => `- ${fact}`).join("\n"),
    needsTable(channel),
    "</details>",
  ].filter((part) => part !== "").join("\n\n");
}

/** What moves the need of the side that is short; of the outbound one where none is. */
function reasonsOf({ side, reasons }: AnalyzedChannel): string[] {
  return side === "short_inbound" ? reasons.inbound : reasons.outbound;
}

function suggestionText({ suggestion }: AnalyzedChannel): string {
  const s = suggestion!;
  const sat = (msat: number) => formatSat(msat / 1000);
  return `Rebalance of ${sat(s.amountMsat)} from ${code(s.sourceNode)} ${code(s.sourceChannel)} ` +
    `to ${code(s.targetNode)} ${code(s.targetChannel)}: expected gain ${sat(s.expectedGainMsat)} ` +
    `after ${sat(s.expectedFeeMsat)} of fee, at most ${sat(s.feeLimitMsat)}; confidence ` +
    formatPercent(s.confidence, 0);
}

function termsText(terms: ChannelTerms | undefined): string {
  return terms === undefined
    ? "unknown"
    : `${formatPpm(terms.feeRatePpm)} and ${terms.baseFeeMsat.toLocaleString("en-US")} msat`;
}

/** A row a horizon and side: the quantiles and the chance that the balance is not enough. */
function needsTable({ outlook: { channel }, horizons }: AnalyzedChannel): string {
  if (horizons.length === 0) return "";
  const right = (name: string) => ({ name, align: "right" as const });
  const columns = [
    { name: "within" },
    { name: "need" },
    ...QUANTILE_LEVELS.map((level) => right(formatPercent(level, 0))),
    right("short"),
  ];
  const balances = { outbound: channel.localBalanceSat, inbound: channel.remoteBalanceSat };
  const row = (forecast: DemandForecast, side: (typeof SIDES)[number]) => {
    const need = side === "outbound" ? forecast.outboundNeed : forecast.inboundNeed;
    return [
      horizonText(forecast.horizonMs),
      side,
      ...need.sat.map((sat) => sat === 0 ? UNKNOWN : formatSat(sat)),
      formatPercent(probabilityAbove(need, balances[side]), 0),
    ];
  };
  return table(columns, horizons.flatMap((forecast) => SIDES.map((side) => row(forecast, side))));
}
