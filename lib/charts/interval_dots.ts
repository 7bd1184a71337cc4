import type { ChartData } from "chart.js";
import type { ChartStyle } from "./theme.ts";

/** An estimate that a chart shows as a dot on its interval. */
export interface IntervalRow {
  label: string;
  value: number;
  /** Null where there is none. */
  range: [number, number] | null;
  /** Whether the interval leaves out 0; others are drawn in grey. */
  clear: boolean;
}

/** A row each: a dot for the value on a bar for the interval. The chart's index axis is `y`. */
export function intervalDots(rows: readonly IntervalRow[], { theme }: ChartStyle): ChartData {
  const color = (row: IntervalRow) => row.clear ? theme.text : theme.neutral;
  return {
    labels: rows.map(({ label }) => label),
    datasets: [{
      type: "line",
      label: "difference",
      data: rows.map(({ value }) => value),
      showLine: false,
      pointRadius: 4,
      pointBackgroundColor: rows.map(color),
      pointBorderColor: rows.map(color),
    }, {
      type: "bar",
      label: "95 % interval",
      data: rows.map(({ range }) => range),
      backgroundColor: rows.map((row) => `${color(row)}66`),
      barPercentage: 0.4,
    }],
  };
}
