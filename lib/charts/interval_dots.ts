import { barLabels } from "./bar_labels.ts";
import { axis, baseOptions, type ChartHead, type ChartSpec } from "./spec.ts";
import type { ChartStyle } from "./theme.ts";

/** An estimate that a chart shows as a dot on its interval, and as a number beside it. */
export interface IntervalRow {
  label: string;
  value: number;
  /** 95 %; null where there is none. */
  range: [number, number] | null;
}

/** Whether the interval leaves out 0; others are drawn in grey. */
export function isClear({ range }: IntervalRow): boolean {
  return range !== null && range[0] * range[1] > 0;
}

/** The interval between two bounds; null where one is not known. */
export function rangeOf(low: number, high: number): [number, number] | null {
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : null;
}

/** Room for the numbers at the right. */
const NUMBERS_PX = 80;
const ROW_PX = 26;

/**
 * A row each: a dot for the value on a bar for the interval, and the value as a number.
 *
 * @param what the quantity with its unit, for the axis
 */
export function intervalDots(
  { what, ...named }: Pick<ChartHead, "name" | "title" | "summary"> & { what: string },
  rows: readonly IntervalRow[],
  style: ChartStyle,
): ChartSpec {
  const { theme, fontFamily } = style;
  const head = { ...named, widthPx: 900, heightPx: 150 + ROW_PX * Math.max(3, rows.length) };
  const color = (row: IntervalRow) => isClear(row) ? theme.text : theme.neutral;
  const options = baseOptions(head, style, NUMBERS_PX);
  options.indexAxis = "y";
  options.plugins!.legend!.display = false;
  const zero = ({ tick }: { tick: { value: number } }) =>
    tick.value === 0 ? theme.mutedText : theme.grid;
  options.scales = {
    x: axis(`${what}; bars are 95 % intervals`, style, { grid: { color: zero } }),
    y: axis("", style, { grid: { display: false }, ticks: { autoSkip: false } }),
  };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
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
      },
      options,
      plugins: [barLabels([{
        dataset: 0,
        labels: rows.map(({ value }) => signed(value)),
        color: theme.text,
        font: `12px ${fontFamily}`,
        inColumn: true,
      }])],
    },
  };
}

/** `+1,234.5`; nothing for what is no number. */
function signed(value: number): string {
  return Number.isNaN(value) ? "" : value.toLocaleString("en-US", {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
}
