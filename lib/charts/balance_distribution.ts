import { type ChannelBalance, DRAINED_BELOW, SATURATED_ABOVE } from "./channel_balance.ts";
import { barLabels } from "./bar_labels.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { counted, wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

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
  const color = (bin: number) =>
    (bin + 1) / BINS <= DRAINED_BELOW
      ? theme.shortOutbound
      : bin / BINS >= SATURATED_ABOVE
      ? theme.shortInbound
      : theme.neutral;
  const options = baseOptions(head, style);
  options.plugins!.legend!.labels!.generateLabels = () =>
    [
      { text: `drained, below ${wholePercent(DRAINED_BELOW)}`, ...swatch(theme.shortOutbound) },
      { text: "between", ...swatch(theme.neutral) },
      { text: `saturated, above ${wholePercent(SATURATED_ABOVE)}`, ...swatch(theme.shortInbound) },
    ].map((item) => ({ ...item, fontColor: theme.text }));
  options.scales = {
    x: axis(ratioTitle(style), style, {
      type: "linear",
      min: 0,
      max: 100,
      offset: false,
      grid: { display: false },
      ticks: { stepSize: 10, maxRotation: 0 },
    }),
    y: axis(style.titles ? "channels in a bin of 5 %" : "channels", style, {
      beginAtZero: true,
      grace: "14%",
      ticks: { precision: 0 },
    }),
  };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        datasets: [{
          data: counts.map((count, bin) => ({ x: (bin + 0.5) * 100 / BINS, y: count })),
          backgroundColor: counts.map((_, bin) => color(bin)),
          barPercentage: 0.92,
          categoryPercentage: 1,
        }],
      },
      options,
      plugins: [barLabels([{
        dataset: 0,
        labels: counts.map((count) => count === 0 ? "" : count.toLocaleString("en-US")),
        color: theme.mutedText,
        font: `11px "${style.fontFamily}"`,
      }])],
    },
  };
}

function ratioTitle({ titles }: ChartStyle): string {
  return titles ? "balance ratio: local balance as a share of the capacity (%)" : "local share (%)";
}

function swatch(color: string) {
  return { fillStyle: color, strokeStyle: color, lineWidth: 0 };
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
