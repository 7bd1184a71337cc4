import type { ChartOptions } from "chart.js";
import { formatSat, HOUR_MS } from "../core/browser.ts";
import { axis, baseOptions, type ChartHead, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";
import { timeAxis, timeText } from "./time_axis.ts";

/** Cumulated net income of both twins at one moment: fees earned less fees paid, sat. */
export interface TwinPoint {
  timeMs: number;
  lensNetSat: number;
  twinNetSat: number;
}

/**
 * Net income with the lens and of the twin that gets no suggestions, over time.
 *
 * @param history ascending in time
 */
export function gainOverTime(
  history: readonly TwinPoint[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const { theme } = style;
  const head = {
    name: "gain_over_time",
    title: "Net income with and without suggestions",
    summary: summarize(history),
    widthPx: 900,
    heightPx: 420,
  };
  const hours = history.map(({ timeMs }) => timeMs / HOUR_MS);
  const line = (label: string, color: string, netSat: (point: TwinPoint) => number) => ({
    label,
    data: history.map((point, i) => ({ x: hours[i], y: netSat(point) })),
    borderColor: color,
    backgroundColor: color,
    ...{ showLine: true, pointStyle: "line", pointRadius: 0, pointHitRadius: 8 },
    ...{ borderWidth: 2.5, tension: 0 },
  });
  return {
    ...head,
    config: {
      type: "line",
      data: {
        datasets: [
          line("with suggestions", theme.fine, (point) => point.lensNetSat),
          {
            ...line("twin without", theme.neutral, (point) => point.twinNetSat),
            borderDash: [6, 4],
          },
        ],
      },
      options: gainOptions(head, hours, style),
    },
  };
}

function gainOptions(head: ChartHead, hours: readonly number[], style: ChartStyle): ChartOptions {
  const options = baseOptions(head, style, style.titles ? 48 : 20);
  options.plugins!.legend!.labels!.usePointStyle = true;
  options.plugins!.legend!.labels!.pointStyleWidth = 30;
  options.interaction = { mode: "index", intersect: false };
  options.plugins!.tooltip = {
    callbacks: {
      title: ([item]) => timeText(item?.parsed.x ?? 0, style),
      label: (item) => `${item.dataset.label}: ${formatSat(item.parsed.y ?? 0)}`,
    },
  };
  options.scales = {
    x: timeAxis(hours, style),
    y: axis(style.titles ? "net income since the start (sat)" : "net (sat)", style, {
      display: hours.length > 0,
      suggestedMin: 0,
    }),
  };
  return options;
}

function summarize(history: readonly TwinPoint[]): string {
  const last = history.at(-1);
  if (last === undefined) return "No twin has been measured yet.";
  const gain = last.lensNetSat - last.twinNetSat;
  const relation = gain === 0
    ? "as much as"
    : `${formatSat(Math.abs(gain))} ${gain > 0 ? "more" : "less"} than`;
  return `With suggestions ${
    formatSat(last.lensNetSat)
  } were earned net, ${relation} by the twin without (${formatSat(last.twinNetSat)}).`;
}
