import { formatPpm } from "../core/browser.ts";
import { barLabels } from "./bar_labels.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Fee rates at which a bar ends, ppm; the last bar has no end. */
const ENDS = [0, 10, 50, 100, 250, 500, 1000, 2500];

/** What is compared. */
export interface FeeRates {
  /** Of all directions of the network whose terms are known, ppm. */
  all: readonly number[];
  /** Of own channels, what the operator asks, ppm. */
  own: readonly number[];
}

/** Shares of directions by fee rate: the whole network's beside the operator's own. */
export function feeRates({ all, own }: FeeRates, style: ChartStyle = PICTURE_STYLE): ChartSpec {
  const head = {
    name: "fee_rates",
    title: "What channels charge for forwarding",
    summary: summarize(all, own),
    widthPx: 900,
    heightPx: 440,
  };
  const { theme, fontFamily } = style;
  const options = baseOptions(head, style);
  options.scales = {
    x: axis("fee rate (ppm)", style, { grid: { display: false } }),
    y: axis("share of the directions (%)", style, { beginAtZero: true, grace: "12%" }),
  };
  const sets = [
    { label: "whole network", shares: binShares(all), color: theme.neutral },
    ...(own.length === 0
      ? []
      : [{ label: "own channels", shares: binShares(own), color: theme.text }]),
  ];
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: [...ENDS.map(binName), `over ${ENDS.at(-1)!.toLocaleString("en-US")}`],
        datasets: sets.map(({ label, shares, color }) => ({
          label,
          data: shares.map((share) => share * 100),
          backgroundColor: color,
          borderRadius: 2,
        })),
      },
      options,
      plugins: [barLabels(sets.map(({ shares }, dataset) => ({
        dataset,
        labels: shares.map((share) => share === 0 ? "" : wholePercent(share)),
        color: theme.mutedText,
        font: `11px "${fontFamily}"`,
      })))],
    },
  };
}

function binName(end: number, index: number): string {
  return index === 0 ? "0" : `to ${end.toLocaleString("en-US")}`;
}

function binShares(ratesPpm: readonly number[]): number[] {
  const counts = new Array<number>(ENDS.length + 1).fill(0);
  for (const rate of ratesPpm) {
    const bin = ENDS.findIndex((end) => rate <= end);
    counts[bin < 0 ? ENDS.length : bin]++;
  }
  return counts.map((count) => count / Math.max(1, ratesPpm.length));
}

function summarize(all: readonly number[], own: readonly number[]): string {
  if (all.length === 0) return "No terms are known.";
  const at = (rates: readonly number[], share: number) =>
    formatPpm(rates.toSorted((a, b) => a - b)[Math.floor(share * (rates.length - 1))]);
  const ours = own.length === 0 ? "" : `; half of the own ones ${at(own, 0.5)}`;
  return `Half of the ${all.length.toLocaleString("en-US")} directions charge ${at(all, 0.5)} or ` +
    `less, one in ten more than ${at(all, 0.9)}${ours}.`;
}
