import { intervalDots, type IntervalRow } from "./interval_dots.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** One figure of one arm of an experiment. */
export interface ArmFigure {
  metric: string;
  arm: string;
  mean: number;
  /** Over the first arm, with its 95 % interval; undefined for the first arm itself. */
  difference?: { mean: number; low: number; high: number };
}

/**
 * Differences to the first arm in per cent of its mean: a dot each, on its 95 % interval.
 *
 * @param figures metric by metric, the first arm first. Metrics of which the first arm has 0 are
 *   left out
 */
export function experimentDifferences(
  figures: readonly ArmFigure[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const rows = rowsOf(figures);
  const clear = rows.filter((row) => row.clear).length;
  const head = {
    name: "experiment_differences",
    title: "Differences between arms on the same payments",
    summary: rows.length === 0
      ? "Nothing can be compared."
      : `${clear} of ${rows.length} differences are clear: their 95 % interval leaves out 0.`,
    widthPx: 900,
    heightPx: 150 + 24 * Math.max(3, rows.length),
  };
  const options = baseOptions(head, style);
  options.indexAxis = "y";
  options.plugins!.legend!.display = false;
  options.scales = {
    x: axis(`difference to ${figures[0]?.arm ?? "the first arm"} (% of its mean)`, style),
    y: axis("", style, { grid: { display: false }, ticks: { autoSkip: false } }),
  };
  return { ...head, config: { type: "bar", data: intervalDots(rows, style), options } };
}

function rowsOf(figures: readonly ArmFigure[]): IntervalRow[] {
  const first = new Map<string, number>();
  for (const { metric, mean } of figures) if (!first.has(metric)) first.set(metric, mean);
  return figures.flatMap(({ metric, arm, difference }) => {
    const base = Math.abs(first.get(metric)!);
    if (difference === undefined || base === 0) return [];
    const { mean, low, high } = difference;
    const known = Number.isFinite(low) && Number.isFinite(high);
    return [{
      label: `${metric} · ${arm}`,
      value: 100 * mean / base,
      range: known ? [100 * low / base, 100 * high / base] as [number, number] : null,
      clear: known && low * high > 0,
    }];
  });
}
