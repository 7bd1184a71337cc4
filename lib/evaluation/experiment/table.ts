import { textTable } from "../../core/mod.ts";
import type { Comparison } from "./experiment.ts";
import { METRICS } from "./metrics.ts";

/** The comparison as lines for a terminal. */
export function experimentTable(comparisons: readonly Comparison[]): string[] {
  const rows = comparisons.map(({ metric, arm, mean, difference }, index) => {
    const { unit, digits } = METRICS[metric];
    const number = (value: number) => formatted(value, digits);
    const first = index === 0 || comparisons[index - 1].metric !== metric;
    return [
      first ? `${metric}${unit === "" ? "" : ` (${unit})`}` : "",
      arm,
      number(mean),
      difference === undefined ? "" : signed(difference.mean, digits),
      difference === undefined ? "" : range(difference.low, difference.high, digits),
      difference !== undefined && difference.low * difference.high > 0 ? "*" : "",
    ];
  });
  const header = ["", "arm", "mean", "difference", "95 % interval", ""];
  return [
    ...textTable(header, rows),
    "",
    `Differences are paired by seed (${
      comparisons[0].values.length
    } seeds), intervals Student's t; ` +
    "* where the interval leaves out 0.",
  ];
}

function range(low: number, high: number, digits: number): string {
  return Number.isFinite(low) ? `${signed(low, digits)} to ${signed(high, digits)}` : "one seed";
}

function formatted(value: number, digits: number): string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString("en-US", options);
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? "" : "+"}${formatted(value, digits)}`;
}
