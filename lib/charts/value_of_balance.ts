import { formatSat } from "../core/browser.ts";
import { satAxis } from "./sat_axis.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** What other local balances of a channel would be worth. */
export interface BalanceValues {
  capacitySat: number;
  localBalanceSat: number;
  /** The balance that is asked about. */
  askedSat: number;
  /** Ascending in the balance; gains beside today's balance. */
  points: readonly { localSat: number; gainSat: number }[];
}

/** Expected fees beside today's, by local balance, with today's and the asked balance marked. */
export function valueOfBalance(
  values: BalanceValues,
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const { theme } = style;
  const { points, capacitySat, localBalanceSat, askedSat } = values;
  const head = {
    name: "value_of_balance",
    title: "What another balance would be worth",
    summary: summarize(values),
    widthPx: 900,
    heightPx: 360,
  };
  const options = baseOptions(head, style);
  options.plugins!.tooltip = { enabled: false };
  options.plugins!.legend!.labels!.usePointStyle = true;
  options.scales = {
    x: satAxis("local balance", capacitySat, style, {
      ...{ type: "linear", min: 0, max: capacitySat, grid: { display: false } },
      ticks: { maxTicksLimit: 6 },
    }),
    y: axis("more than today (sat)", style, { grace: "5%" }),
  };
  const mark = (label: string, localSat: number, color: string) => ({
    label,
    data: [{ x: localSat, y: gainAt(points, localSat) }],
    ...{ pointRadius: 6, pointStyle: "circle" as const, showLine: false, clip: false as const },
    ...{ borderColor: theme.surface, backgroundColor: color, borderWidth: 1.5 },
  });
  return {
    ...head,
    config: {
      type: "line",
      data: {
        datasets: [
          mark("asked", askedSat, theme.shortInbound),
          mark("today", localBalanceSat, theme.text),
          {
            label: "expected fees",
            data: points.map(({ localSat, gainSat }) => ({ x: localSat, y: gainSat })),
            ...{ borderColor: theme.fine, backgroundColor: `${theme.fine}22`, fill: "origin" },
            ...{ pointRadius: 0, borderWidth: 2, pointStyle: "line" as const },
          },
        ],
      },
      options,
    },
  };
}

/** The gain at a balance: linear between the points. */
export function gainAt(points: BalanceValues["points"], localSat: number): number {
  const right = points.findIndex((point) => point.localSat >= localSat);
  if (right < 0) return points.at(-1)?.gainSat ?? 0;
  if (right === 0) return points[0].gainSat;
  const [a, b] = [points[right - 1], points[right]];
  return a.gainSat + (b.gainSat - a.gainSat) * (localSat - a.localSat) / (b.localSat - a.localSat);
}

function summarize({ points, capacitySat, localBalanceSat }: BalanceValues): string {
  if (points.length === 0) return "Nothing is known of this channel's demand yet.";
  const best = points.reduce((a, b) => b.gainSat > a.gainSat ? b : a);
  if (best.gainSat < 1) {
    const least = points.reduce((a, b) => b.gainSat < a.gainSat ? b : a);
    return `No other balance is worth more than today's ${formatSat(localBalanceSat)}` +
      (least.gainSat > -1
        ? "; none is worth less either."
        : `; with ${formatSat(least.localSat)} it would be ${formatSat(-least.gainSat)} less.`);
  }
  return `Most would be earned with ${formatSat(best.localSat)} local (${
    wholePercent(best.localSat / capacitySat)
  }): ${formatSat(best.gainSat)} more than with today's ${formatSat(localBalanceSat)}.`;
}
