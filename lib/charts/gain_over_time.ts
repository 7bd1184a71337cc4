import type { ChartOptions, Scale } from "chart.js";
import { formatSat, HOUR_MS, isoTime } from "../core/browser.ts";
import { axis, baseOptions, type ChartHead, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

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
      title: ([item]) => timeText(item?.parsed.x ?? 0, 1),
      label: (item) => `${item.dataset.label}: ${formatSat(item.parsed.y ?? 0)}`,
    },
  };
  const display = hours.length > 0;
  const stepHours = timeStep(display ? hours[hours.length - 1] - hours[0] : 0);
  options.scales = {
    x: axis("time (UTC)", style, {
      display,
      type: "linear",
      min: hours[0],
      max: hours.at(-1),
      afterBuildTicks: (scale: Scale) => scale.ticks = wholeHours(scale, stepHours),
      grid: { display: false },
      ticks: { callback: (value: number) => timeText(value, stepHours) },
    }),
    y: axis(style.titles ? "net income since the start (sat)" : "net (sat)", style, {
      display,
      suggestedMin: 0,
    }),
  };
  return options;
}

/** Hours between labels: whole hours, or whole days, at most seven of them over the span. */
function timeStep(spanHours: number): number {
  const steps = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336];
  return steps.find((step) => spanHours / step <= 7) ?? Math.ceil(spanHours / 168) * 24;
}

/** Multiples of the step within the axis: midnights, where it is a day or more. */
function wholeHours({ min, max }: Scale, stepHours: number): { value: number }[] {
  const ticks: { value: number }[] = [];
  const first = Math.ceil(min / stepHours) * stepHours;
  for (let hour = first; hour <= max; hour += stepHours) ticks.push({ value: hour });
  return ticks;
}

/** `09-22 13:00`; the day alone where labels stand at midnights. */
function timeText(hour: number, stepHours: number): string {
  const text = isoTime(Math.round(hour * HOUR_MS));
  return stepHours >= 24 ? text.slice(5, 10) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
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
