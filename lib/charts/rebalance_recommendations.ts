import type { ChartOptions } from "chart.js";
import { formatSat } from "../core/browser.ts";
import { barLabels } from "./bar_labels.ts";
import { decisionLabel } from "./decision_label.ts";
import { axis, baseOptions, type ChartHead, type ChartSpec } from "./spec.ts";
import { counted, fromTo, shortName, wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Suggestions drawn at most; the best ones. */
export const MOST_SUGGESTIONS = 20;

/** One suggestion as the chart sees it. */
export interface RecommendationBar {
  /** Name of the peer or channel that the amount leaves by, and of the one it comes back by. */
  from: string;
  to: string;
  amountSat: number;
  /** What is expected to be left of it after the route's fee. */
  expectedGainSat: number;
  /** The route's expected fee. */
  expectedFeeSat: number;
  /** Chance that it pays for itself, 0 to 1. */
  confidence: number;
}

/** How many channels got no suggestion for one reason. */
export interface ReasonCount {
  /** The reason in a few words. */
  reason: string;
  count: number;
}

/**
 * Expected gain of each suggestion beside its expected fee. Without suggestions: the reasons that
 * speak against one, by number of channels.
 *
 * @param suggestions in any order
 * @param whyNot used only when there are no suggestions
 */
export function rebalanceRecommendations(
  suggestions: readonly RecommendationBar[],
  whyNot: readonly ReasonCount[] = [],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  return suggestions.length > 0 ? gainAgainstFee(suggestions, style) : nothingPays(whyNot, style);
}

function gainAgainstFee(all: readonly RecommendationBar[], style: ChartStyle): ChartSpec {
  const { theme } = style;
  const sorted = [...all].sort((a, b) =>
    b.expectedGainSat - a.expectedGainSat || (a.to < b.to ? -1 : a.to > b.to ? 1 : 0)
  );
  const rows = sorted.slice(0, MOST_SUGGESTIONS);
  const head = {
    name: "rebalance_recommendations",
    title: "Rebalances that are expected to pay for themselves",
    summary: summarize(all, rows.length),
    widthPx: 900,
    heightPx: 200 + 44 * Math.max(2, rows.length),
  };
  const bar = { barPercentage: 0.9, categoryPercentage: 0.72, minBarLength: 2, borderRadius: 2 };
  const label = { color: theme.text, font: `11px "${style.fontFamily}"` };
  const gains = rows.map((row) => row.expectedGainSat);
  const fees = rows.map((row) => row.expectedFeeSat);
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: rows.map(({ from, to, amountSat }) => [
          fromTo(shortName(from, 16), shortName(to, 16)),
          formatSat(amountSat),
        ]) as unknown as string[],
        datasets: [
          {
            ...bar,
            label: "expected gain, after the fee",
            data: gains,
            backgroundColor: theme.fine,
          },
          { ...bar, label: "expected fee of the route", data: fees, backgroundColor: theme.cost },
        ],
      },
      options: sideways(head, style, {
        x: axis("expected within the horizon (sat)", style, {
          beginAtZero: true,
          ticks: { maxTicksLimit: 8 },
        }),
        rightPx: 170,
      }),
      plugins: [barLabels([
        {
          ...label,
          dataset: 0,
          labels: rows.map(({ expectedGainSat, confidence }) =>
            `${formatSat(expectedGainSat)}, confidence ${wholePercent(confidence)}`
          ),
        },
        { ...label, dataset: 1, labels: fees.map((fee) => formatSat(fee)) },
      ])],
    },
  };
}

/** Options of horizontal bars with a name each. */
function sideways(
  head: ChartHead,
  style: ChartStyle,
  { x, rightPx }: { x: ReturnType<typeof axis>; rightPx?: number },
): ChartOptions {
  const y = axis("", style, { grid: { display: false }, ticks: { autoSkip: false } });
  return { ...baseOptions(head, style, rightPx), indexAxis: "y", scales: { x, y } };
}

function summarize(all: readonly RecommendationBar[], shown: number): string {
  const sum = (pick: (bar: RecommendationBar) => number) =>
    formatSat(all.reduce((total, bar) => total + pick(bar), 0));
  const rest = all.length > shown ? ` The best ${shown} are shown.` : "";
  return `${counted(all.length, "rebalance")} of together ${sum((s) => s.amountSat)}: ${
    sum((s) => s.expectedGainSat)
  } of expected gain after ${sum((s) => s.expectedFeeSat)} of expected fees.${rest}`;
}

function whyNothing(rows: readonly ReasonCount[], channels: number): string {
  if (channels === 0) return "There are no channels to judge yet.";
  const all = channels === 1 ? "the one channel" : `all ${counted(channels, "channel")}`;
  return rows.every(({ reason }) => reason === decisionLabel("learning"))
    ? `Nothing can be said yet: forecasts for ${all} are still being learned.`
    : `Doing nothing is the best plan for ${all}, as far as is known: the bars say why.`;
}

function nothingPays(whyNot: readonly ReasonCount[], style: ChartStyle): ChartSpec {
  const { theme } = style;
  const rows = whyNot.filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  const channels = rows.reduce((sum, { count }) => sum + count, 0);
  const head: ChartHead = {
    name: "rebalance_recommendations",
    title: "No rebalance pays for itself now",
    summary: whyNothing(rows, channels),
    widthPx: 900,
    heightPx: 170 + 38 * Math.max(2, rows.length),
  };
  const options = sideways(head, style, {
    x: axis("channels", style, { beginAtZero: true, grace: "10%", ticks: { precision: 0 } }),
  });
  options.plugins!.legend!.display = false;
  if (rows.length === 0) options.scales = { x: { display: false }, y: { display: false } };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: rows.map(({ reason }) => reason),
        datasets: [{
          data: rows.map(({ count }) => count),
          backgroundColor: theme.neutral,
          barPercentage: 0.7,
          borderRadius: 2,
        }],
      },
      options,
      plugins: [barLabels([{
        dataset: 0,
        labels: rows.map(({ count }) => String(count)),
        color: theme.text,
        font: `12px "${style.fontFamily}"`,
      }])],
    },
  };
}
