import { intervalDots, type IntervalRow } from "./interval_dots.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** What one policy earns over doing nothing, in log points. */
export interface PolicyUplift {
  policy: string;
  /** 100 ln of the ratio of net incomes, with its 95 % interval; not finite where unknown. */
  value: number;
  low: number;
  high: number;
}

/**
 * Uplift of every policy over doing nothing: a dot each, on its 95 % interval.
 *
 * @param uplifts in the order in which they are to stand
 */
export function upliftIntervals(
  scenario: string,
  uplifts: readonly PolicyUplift[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const rows = uplifts.map(rowOf);
  const head = {
    name: `uplift_${scenario}`,
    title: `Net income over doing nothing (scenario ${scenario})`,
    summary: summarize(uplifts),
    widthPx: 900,
    heightPx: 150 + 28 * Math.max(3, rows.length),
  };
  const options = baseOptions(head, style);
  options.indexAxis = "y";
  options.plugins!.legend!.display = false;
  options.scales = {
    x: axis("log points over doing nothing (100 ln of the ratio of net incomes)", style),
    y: axis("", style, { grid: { display: false }, ticks: { autoSkip: false } }),
  };
  return { ...head, config: { type: "bar", data: intervalDots(rows, style), options } };
}

function rowOf({ policy, value, low, high }: PolicyUplift): IntervalRow {
  const known = Number.isFinite(low) && Number.isFinite(high);
  return {
    label: policy,
    value,
    range: known ? [low, high] : null,
    clear: known && low * high > 0,
  };
}

function summarize(uplifts: readonly PolicyUplift[]): string {
  if (uplifts.length === 0) return "No policy was compared.";
  const names = (chosen: readonly PolicyUplift[]) =>
    chosen.length === 0 ? "no policy" : chosen.map(({ policy }) => policy).join(", ");
  const clear = uplifts.filter(({ low, high }) => Number.isFinite(low) && low * high > 0);
  return `Clearly more than doing nothing: ${names(clear.filter(({ value }) => value > 0))}. ` +
    `Clearly less: ${names(clear.filter(({ value }) => value < 0))}.`;
}
