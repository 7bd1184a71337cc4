import { formatSat, isoTime } from "../core/browser.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** What was earned and paid on one day, sat. */
export interface DayIncome {
  /** Its start by the clock of whoever looks, Unix ms. */
  dayMs: number;
  feesSat: number;
  /** Fees of own rebalances. */
  costSat: number;
}

/** Fees earned above, fees paid for rebalances below, a bar each a day. */
export function incomeByDay(
  days: readonly DayIncome[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const { theme } = style;
  const head = {
    name: "income_by_day",
    title: "Net income by day",
    summary: summarize(days),
    widthPx: 900,
    heightPx: 380,
  };
  const options = baseOptions(head, style);
  options.plugins!.tooltip = {
    mode: "index",
    callbacks: {
      label: (item) => `${item.dataset.label}: ${formatSat(Math.abs(item.parsed.y ?? 0))}`,
    },
  };
  options.scales = {
    x: axis("", style, { stacked: true, grid: { display: false }, ticks: { maxTicksLimit: 10 } }),
    y: axis("sat", style, { stacked: true }),
  };
  const bars = { barPercentage: 0.86, categoryPercentage: 0.92, borderRadius: 2 };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: days.map(({ dayMs }) => dayText(dayMs)),
        datasets: [
          {
            label: "fees earned",
            data: days.map(({ feesSat }) => feesSat),
            backgroundColor: theme.fine,
            ...bars,
          },
          {
            label: "paid for rebalances",
            data: days.map(({ costSat }) => -costSat),
            backgroundColor: theme.cost,
            ...bars,
          },
        ],
      },
      options,
    },
  };
}

/** `05-31` of the day that begins at a midnight of the local clock. */
function dayText(dayMs: number): string {
  return isoTime(dayMs - new Date(dayMs).getTimezoneOffset() * 60_000).slice(5, 10);
}

function summarize(days: readonly DayIncome[]): string {
  if (days.length === 0) return "No forwards yet.";
  const net = ({ feesSat, costSat }: DayIncome) => feesSat - costSat;
  const best = days.reduce((a, b) => net(b) > net(a) ? b : a);
  const mean = days.reduce((sum, day) => sum + net(day), 0) / days.length;
  return `${formatSat(mean)} a day on average; most on ${dayText(best.dayMs)} with ${
    formatSat(net(best))
  }. The last day is not over.`;
}
