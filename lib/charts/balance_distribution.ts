import type { ChartOptions } from "chart.js";
import { type ChannelBalance, DRAINED_BELOW, SATURATED_ABOVE } from "./channel_balance.ts";
import { barLabels } from "./bar_labels.ts";
import { axis, baseOptions, type ChartHead, type ChartSpec } from "./spec.ts";
import { counted, wholePercent } from "./text.ts";
import { type ChartStyle, type ChartTheme, PICTURE_STYLE } from "./theme.ts";

const BINS = 20;

/**
 * Histogram of the balance ratios of channels in 20 equal bins, coloured by what they mean.
 *
 * @param channels in any order; only `ratio` is used
 */
export function balanceDistribution(
  channels: readonly ChannelBalance[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const counts = new Array<number>(BINS).fill(0);
  for (const { ratio } of channels) counts[Math.min(BINS - 1, Math.floor(ratio * BINS))]++;
  const drained = channels.filter(({ ratio }) => ratio < DRAINED_BELOW).length;
  const saturated = channels.filter(({ ratio }) => ratio > SATURATED_ABOVE).length;
  const { theme } = style;
  const head = {
    name: "balance_distribution",
    title: "Where the balances of the channels stand",
    summary: summarize(channels, drained, saturated),
    widthPx: 900,
    heightPx: 520,
  };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        datasets: [{
          data: counts.map((count, bin) => ({ x: (bin + 0.5) * 100 / BINS, y: count })),
          backgroundColor: counts.map((_, bin) => binColor(bin, theme)),
          barPercentage: 0.92,
          categoryPercentage: 1,
        }],
      },
      options: histogramOptions(head, style),
      plugins: [barLabels([{
        dataset: 0,
        labels: counts.map((count) => count === 0 ? "" : count.toLocaleString("en-US")),
        color: theme.mutedText,
        font: `11px "${style.fontFamily}"`,
      }])],
    },
  };
}

function binColor(bin: number, theme: ChartTheme): string {
  if ((bin + 1) / BINS <= DRAINED_BELOW) return theme.shortOutbound;
  return bin / BINS >= SATURATED_ABOVE ? theme.shortInbound : theme.neutral;
}

function histogramOptions(head: ChartHead, style: ChartStyle): ChartOptions {
  const { theme, titles } = style;
  const options = baseOptions(head, style);
  options.plugins!.legend!.labels!.generateLabels = () =>
    [
      { text: `drained, below ${wholePercent(DRAINED_BELOW)}`, color: theme.shortOutbound },
      { text: "between", color: theme.neutral },
      { text: `saturated, above ${wholePercent(SATURATED_ABOVE)}`, color: theme.shortInbound },
    ].map(({ text, color }) => ({
      ...{ text, fontColor: theme.text, fillStyle: color, strokeStyle: color, lineWidth: 0 },
    }));
  const ratio = "balance ratio: local balance as a share of the capacity (%)";
  options.scales = {
    x: axis(titles ? ratio : "local share (%)", style, {
      type: "linear",
      min: 0,
      max: 100,
      offset: false,
      grid: { display: false },
      ticks: { stepSize: 10 },
    }),
    y: axis(titles ? "channels in a bin of 5 %" : "channels", style, {
      beginAtZero: true,
      grace: "14%",
      ticks: { precision: 0 },
    }),
  };
  return options;
}

function summarize(channels: readonly ChannelBalance[], drained: number, saturated: number) {
  if (channels.length === 0) return "No channels yet.";
  const sorted = channels.map(({ ratio }) => ratio).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (channels.length === 1) {
    return `The one channel holds ${wholePercent(median)} of its capacity on its own side.`;
  }
  const [low, high] = [drained, saturated].map((count) =>
    `${count.toLocaleString("en-US")} (${wholePercent(count / channels.length)})`
  );
  return `Of ${counted(channels.length, "channel")}, ${low} are drained and ${high} saturated; ` +
    `the median ratio is ${wholePercent(median)}.`;
}
