import type { Chart, ChartConfiguration, Plugin, Scale } from "chart.js";
import { formatSat, HOUR_MS } from "../core/browser.ts";
import { satAxis } from "./sat_axis.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** What demand may do to a channel's balance within one horizon. */
export interface FanPoint {
  horizonMs: number;
  /** Needs at the levels 0.5 and 0.9, sat: how far demand draws the balance down, and fills it. */
  outbound: { half: number; most: number };
  inbound: { half: number; most: number };
}

/** A channel's present balance and what is forecast of it. */
export interface DemandFan {
  /** Name of the channel or its peer, shown as plain text. */
  label: string;
  capacitySat: number;
  localBalanceSat: number;
  /** Shortest horizon first. */
  points: readonly FanPoint[];
}

/**
 * The present balance and how far demand may take it: with which balance the deepest outflow and the
 * deepest inflow of each horizon would end, in half of all cases and in nine of ten. Below 0 outbound
 * liquidity is short, above the capacity inbound.
 */
export function demandFan(fan: DemandFan, style: ChartStyle = PICTURE_STYLE): ChartSpec {
  const head = {
    name: "demand_fan",
    title: `Balance and forecast demand: ${fan.label}`,
    summary: summarize(fan),
    widthPx: 760,
    heightPx: 420,
  };
  const options = baseOptions(head, style);
  options.plugins!.legend!.labels!.filter = ({ text }) => text !== FULL && text !== EMPTY;
  const hours = fan.points.map(({ horizonMs }) => horizonMs / HOUR_MS);
  options.scales = {
    x: axis("hours ahead", style, {
      type: "linear",
      min: 0,
      max: hours.at(-1),
      afterBuildTicks: (scale: Scale) => {
        scale.ticks = [0, ...hours].map((value) => ({ value }));
      },
      grid: { display: false },
    }),
    y: satAxis("local balance", fan.capacitySat, style, { ticks: { maxTicksLimit: 7 } }),
  };
  return {
    ...head,
    config: {
      type: "line",
      data: { datasets: datasets(fan, style) },
      options,
      plugins: [levelNames(fan, style)],
    },
  };
}

const EMPTY = "empty", FULL = "full";

/** Names the lines of an empty and of a full channel where they stand. */
function levelNames({ capacitySat }: DemandFan, { theme, fontFamily }: ChartStyle): Plugin {
  return {
    id: "levelNames",
    afterDatasetsDraw({ ctx, chartArea, scales }: Chart) {
      ctx.save();
      ctx.font = `11px "${fontFamily}"`;
      ctx.fillStyle = theme.mutedText;
      ctx.textAlign = "left";
      ctx.textBaseline = "bottom";
      for (const [name, sat] of [[EMPTY, 0], [FULL, capacitySat]] as const) {
        ctx.fillText(name, chartArea.left + 6, scales.y.getPixelForValue(sat) - 2);
      }
      ctx.restore();
    },
  };
}

type Line = ChartConfiguration["data"]["datasets"][number];

function datasets(fan: DemandFan, { theme }: ChartStyle): Line[] {
  const { localBalanceSat: now, capacitySat, points } = fan;
  const lastHours = (points.at(-1)?.horizonMs ?? 0) / HOUR_MS;
  const along = (balance: (point: FanPoint) => number) => [
    { x: 0, y: now },
    ...points.map((point) => ({ x: point.horizonMs / HOUR_MS, y: balance(point) })),
  ];
  const level = (label: string, sat: number, borderColor: string): Line => ({
    label,
    data: [{ x: 0, y: sat }, { x: lastHours, y: sat }],
    borderColor,
    ...{ borderWidth: 1, borderDash: [6, 4], pointRadius: 0 },
  });
  const edge = (label: string, color: string, balance: (point: FanPoint) => number): Line => ({
    label,
    data: along(balance),
    borderColor: color,
    backgroundColor: `${color}33`,
    ...{ borderWidth: 1.5, pointRadius: 2, fill: { value: now } },
  });
  const { shortOutbound: out, shortInbound: into } = theme;
  return [
    edge("deepest outflow, 9 of 10", out, ({ outbound }) => now - outbound.most),
    edge("deepest outflow, half", out, ({ outbound }) => now - outbound.half),
    edge("deepest inflow, 9 of 10", into, ({ inbound }) => now + inbound.most),
    edge("deepest inflow, half", into, ({ inbound }) => now + inbound.half),
    { ...level("balance now", now, theme.fine), borderDash: [], borderWidth: 2 },
    level(EMPTY, 0, theme.neutral),
    level(FULL, capacitySat, theme.neutral),
  ];
}

/** The first horizon at which either side may run short, in words. */
function summarize({ capacitySat, localBalanceSat, points }: DemandFan): string {
  const first = (isShort: (point: FanPoint) => boolean) => points.find(isShort)?.horizonMs;
  const out = first(({ outbound }) => outbound.most > localBalanceSat);
  const into = first(({ inbound }) => inbound.most > capacitySat - localBalanceSat);
  const said = (side: string, horizonMs: number | undefined) =>
    horizonMs === undefined
      ? `${side} demand stays within what there is in nine cases of ten`
      : `${side} demand may exceed it within ${horizonMs / HOUR_MS} h`;
  return `${formatSat(localBalanceSat)} of ${formatSat(capacitySat)} are local: ${
    said("outbound", out)
  }, ${said("inbound", into)}.`;
}
