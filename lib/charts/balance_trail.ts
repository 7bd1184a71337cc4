import type { ChartConfiguration, Scale } from "chart.js";
import { formatDuration, formatSat, HOUR_MS } from "../core/browser.ts";
import { satAxis } from "./sat_axis.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { counted, wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** A channel at one moment of the past. */
export interface TrailMoment {
  /** Hours from now, 0 or less. */
  hours: number;
  /** Local balance, sat; null where it was not seen. */
  localSat: number | null;
  /** The optimal interval as it was forecast then, sat; null where there was none. */
  lowSat: number | null;
  highSat: number | null;
}

/** What a channel's balance was, what was forecast meanwhile, and what is forecast now. */
export interface BalanceTrail {
  capacitySat: number;
  localBalanceSat: number;
  /** Oldest first. */
  past: readonly TrailMoment[];
  /** Levels 0.5 and 0.9 of the deepest outflow and inflow within the horizon; none while learning. */
  ahead?: {
    horizonMs: number;
    outbound: { half: number; most: number };
    inbound: { half: number; most: number };
  };
}

/**
 * The balance of the last days on the optimal interval as it was forecast at each hour: a forecast
 * was right where the balance could have stayed on its band. To the right of now, how far the
 * deepest outflow and inflow may take the balance within the horizon, in half of all cases and in
 * nine of ten.
 */
export function balanceTrail(shown: BalanceTrail, style: ChartStyle = PICTURE_STYLE): ChartSpec {
  const trail = { ...shown, past: everyHour(shown.past) };
  const head = {
    name: "balance_trail",
    title: "Balance, what was forecast, and what may come",
    summary: summarize(trail),
    widthPx: 900,
    heightPx: 420,
  };
  const options = baseOptions(head, style);
  const legend = options.plugins!.legend!.labels!;
  legend.filter = ({ text }) => text !== "";
  const aheadHours = (trail.ahead?.horizonMs ?? 0) / HOUR_MS;
  const fromHours = Math.min(-24, trail.past[0]?.hours ?? 0);
  options.interaction = { mode: "nearest", axis: "x", intersect: false };
  options.plugins!.tooltip = { enabled: false };
  options.scales = {
    x: axis("days from now", style, {
      type: "linear",
      min: fromHours,
      max: aheadHours,
      afterBuildTicks: (scale: Scale) => scale.ticks = wholeDays(fromHours, aheadHours),
      grid: { display: false },
      ticks: { callback: (hours: number) => hours === 0 ? "now" : `${hours / 24}` },
    }),
    y: satAxis("local balance", trail.capacitySat, style, { min: 0, max: trail.capacitySat }),
  };
  return {
    ...head,
    config: {
      type: "line",
      data: { datasets: [...past(trail, style), ...ahead(trail, style)] },
      options,
    },
  };
}

/** An optimal interval that was not forecast anew stands no longer than this. */
const STANDS_HOURS = 24;

/** A moment an hour and one now: what was not told anew is as it was. */
function everyHour(past: readonly TrailMoment[]): TrailMoment[] {
  const hourly: TrailMoment[] = [];
  let next = 0, forecastAt = -Infinity;
  let held: TrailMoment = { hours: 0, localSat: null, lowSat: null, highSat: null };
  const hold = (hours: number) => {
    for (; next < past.length && past[next].hours <= hours; next++) {
      const moment = past[next];
      held = { ...held, localSat: moment.localSat ?? held.localSat };
      if (moment.lowSat === null || moment.highSat === null) continue;
      held = { ...held, lowSat: moment.lowSat, highSat: moment.highSat };
      forecastAt = moment.hours;
    }
    if (hours - forecastAt > STANDS_HOURS) held = { ...held, lowSat: null, highSat: null };
    hourly.push({ ...held, hours });
  };
  for (let hours = past[0]?.hours ?? 0; hours < 0; hours++) hold(hours);
  hold(0);
  return hourly;
}

type Line = ChartConfiguration["data"]["datasets"][number];
const QUIET = { pointRadius: 0, borderWidth: 0 } as const;

function past({ past, localBalanceSat }: BalanceTrail, { theme }: ChartStyle): Line[] {
  const along = (of: (moment: TrailMoment) => number | null) =>
    past.map((moment) => ({ x: moment.hours, y: of(moment) }));
  const stepped = "before" as const;
  return [
    {
      label: "local balance",
      data: [...along(({ localSat }) => localSat), { x: 0, y: localBalanceSat }],
      ...{ borderColor: theme.text, backgroundColor: theme.text },
      ...{ pointRadius: 0, borderWidth: 2, stepped, spanGaps: true },
    },
    { label: "", data: along(({ lowSat }) => lowSat), ...QUIET, stepped },
    {
      label: "optimal interval, as forecast then",
      data: along(({ highSat }) => highSat),
      ...{ ...QUIET, stepped, fill: "-1", backgroundColor: `${theme.fine}44` },
    },
  ];
}

function ahead({ ahead, capacitySat, localBalanceSat: now }: BalanceTrail, style: ChartStyle) {
  if (ahead === undefined) return [];
  const { theme } = style;
  const end = ahead.horizonMs / HOUR_MS;
  const clamp = (sat: number) => Math.min(capacitySat, Math.max(0, sat));
  const wedge = (label: string, color: string, sat: number): Line => ({
    label,
    data: [{ x: 0, y: now }, { x: end, y: clamp(sat) }],
    ...{ borderColor: color, borderWidth: 1, pointRadius: 0 },
    ...{ backgroundColor: `${color}40`, fill: { value: now } },
  });
  const { outbound: out, inbound: into } = ahead;
  return [
    wedge("outflow, half and 9 of 10", theme.shortOutbound, now - out.half),
    wedge("", theme.shortOutbound, now - out.most),
    wedge("inflow, half and 9 of 10", theme.shortInbound, now + into.half),
    wedge("", theme.shortInbound, now + into.most),
  ];
}

function wholeDays(fromHours: number, toHours: number): { value: number }[] {
  const ticks: { value: number }[] = [];
  for (let hours = Math.ceil(fromHours / 24) * 24; hours <= toHours; hours += 24) {
    ticks.push({ value: hours });
  }
  return ticks;
}

function summarize({ past, capacitySat, localBalanceSat, ahead }: BalanceTrail): string {
  const judged = past.filter(({ localSat, lowSat, highSat }) =>
    localSat !== null && lowSat !== null && highSat !== null
  );
  const within = judged.filter(({ localSat, lowSat, highSat }) =>
    localSat! >= lowSat! && localSat! <= highSat!
  );
  const now = `${formatSat(localBalanceSat)} of ${formatSat(capacitySat)} are local.`;
  const before = judged.length === 0
    ? ""
    : ` In ${counted(within.length, "hour")} of ${judged.length} (${
      wholePercent(within.length / judged.length)
    }) the balance was within its optimal interval.`;
  const then = ahead === undefined
    ? " What may come is shown once the channel has been watched for a day."
    : ` Within ${formatDuration(ahead.horizonMs)} up to ${
      formatSat(ahead.outbound.most)
    } may flow out and up to ${formatSat(ahead.inbound.most)} in, in nine cases of ten.`;
  return now + before + then;
}
