import type { Scale } from "chart.js";
import { HOUR_MS, isoTime, MINUTE_MS } from "../core/browser.ts";
import { axis } from "./spec.ts";
import type { ChartStyle } from "./theme.ts";

/** Steps between labels, hours; longer ones are whole weeks. */
const STEPS = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336];
/** Labels at most, and the room that each needs with a gap. */
const MOST_LABELS = 7;
const LABEL_PX = 88;

/**
 * The x axis of a chart over time, in hours since 1970: labels at whole hours or midnights of the
 * style's clock, no more than there is room for.
 *
 * @param hours ascending; nothing is shown where there are none
 */
export function timeAxis(hours: readonly number[], style: ChartStyle) {
  const display = hours.length > 0;
  let stepHours = 1;
  return axis(style.clock === "UTC" ? "time (UTC)" : "", style, {
    display,
    type: "linear",
    min: hours[0],
    max: hours.at(-1),
    afterBuildTicks: (scale: Scale) => {
      const most = Math.max(2, Math.min(MOST_LABELS, Math.floor(scale.maxWidth / LABEL_PX)));
      stepHours = timeStep(scale.max - scale.min, most);
      scale.ticks = wholeHours(scale, stepHours, style);
    },
    grid: { display: false },
    ticks: { autoSkip: false, callback: (hour: number) => timeText(hour, style, stepHours) },
  });
}

/**
 * `09-22 13:00` by the style's clock; the day alone where labels stand at midnights.
 *
 * @param hour hours since 1970
 */
export function timeText(hour: number, { clock }: ChartStyle, stepHours = 1): string {
  const aheadMs = clock === "UTC" ? 0 : clockAheadMs(hour);
  const text = isoTime(Math.round(hour * HOUR_MS) + aheadMs);
  return stepHours >= 24 ? text.slice(5, 10) : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}

/** How far the clock of whoever looks is ahead of UTC. */
function clockAheadMs(hour: number): number {
  return -new Date(hour * HOUR_MS).getTimezoneOffset() * MINUTE_MS;
}

/** Hours between labels, so that there are `most` of them at most. */
function timeStep(spanHours: number, most: number): number {
  return STEPS.find((step) => Math.floor(spanHours / step) < most) ??
    Math.ceil(spanHours / (most - 1) / 168) * 168;
}

/** Multiples of the step within the axis: midnights, where it is a day or more. */
function wholeHours({ min, max }: Scale, stepHours: number, { clock }: ChartStyle) {
  const ahead = clock === "UTC" ? 0 : clockAheadMs(min) / HOUR_MS;
  const ticks: { value: number }[] = [];
  const first = Math.ceil((min + ahead) / stepHours) * stepHours - ahead;
  for (let hour = first; hour <= max; hour += stepHours) ticks.push({ value: hour });
  return ticks;
}
