import { intervalDots, type IntervalRow, isClear, rangeOf } from "./interval_dots.ts";
import type { ChartSpec } from "./spec.ts";
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
  const rows = uplifts.map(({ policy, value, low, high }) => ({
    label: policy,
    value,
    range: rangeOf(low, high),
  }));
  return intervalDots(
    {
      name: `uplift_${scenario}`,
      title: `Net income over doing nothing (scenario ${scenario})`,
      summary: summarize(rows),
      what: "log points over doing nothing (100 ln of the ratio of net incomes)",
    },
    rows,
    style,
  );
}

function summarize(rows: readonly IntervalRow[]): string {
  if (rows.length === 0) return "No policy was compared.";
  const names = (sign: number) => {
    const clear = rows.filter((row) => isClear(row) && Math.sign(row.value) === sign);
    return clear.length === 0 ? "no policy" : clear.map(({ label }) => label).join(", ");
  };
  return `Clearly more than doing nothing: ${names(1)}. Clearly less: ${names(-1)}.`;
}
