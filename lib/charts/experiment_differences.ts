import { intervalDots, type IntervalRow, isClear, rangeOf } from "./interval_dots.ts";
import type { ChartSpec } from "./spec.ts";
import { shortName } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Longer labels would not fit beside the chart. */
const LONGEST_LABEL = 54;

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
  const clear = rows.filter(isClear).length;
  return intervalDots(
    {
      name: "experiment_differences",
      title: "Differences between arms on the same payments",
      summary: rows.length === 0
        ? "Nothing can be compared."
        : `${clear} of ${rows.length} differences are clear: their 95 % interval leaves out 0.`,
      what: `difference to ${figures[0]?.arm ?? "the first arm"} (% of its mean)`,
    },
    rows,
    style,
  );
}

function rowsOf(figures: readonly ArmFigure[]): IntervalRow[] {
  const first = new Map<string, number>();
  for (const { metric, mean } of figures) if (!first.has(metric)) first.set(metric, mean);
  return figures.flatMap(({ metric, arm, difference }) => {
    const base = Math.abs(first.get(metric)!);
    if (difference === undefined || base === 0) return [];
    const { mean, low, high } = difference;
    return [{
      label: `${metric} · ${shortName(arm, LONGEST_LABEL - metric.length)}`,
      value: 100 * mean / base,
      range: rangeOf(100 * low / base, 100 * high / base),
    }];
  });
}
