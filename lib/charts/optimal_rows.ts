import type { ChartDataset } from "chart.js";
import {
  type ChannelBalance,
  distanceFromOptimal,
  type ShortSide,
  shortSide,
} from "./channel_balance.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { shortName } from "./text.ts";
import type { ChartStyle, ChartTheme } from "./theme.ts";

/** Colour and name of each kind of mark; shared by both forms of the chart. */
export function sideMarks(theme: ChartTheme): Record<ShortSide, { label: string; color: string }> {
  return {
    outbound: { label: "today, short of outbound", color: theme.shortOutbound },
    inbound: { label: "today, short of inbound", color: theme.shortInbound },
    none: { label: "today, as it should be", color: theme.fine },
    unknown: { label: "today, still learning", color: theme.neutral },
  };
}

/** A row a channel, the farthest from its interval first: the interval, today's ratio, the way there. */
export function optimalRows(
  channels: readonly ChannelBalance[],
  summary: string,
  style: ChartStyle,
): ChartSpec {
  const rows = [...channels].sort((a, b) =>
    distanceFromOptimal(b) - distanceFromOptimal(a) || a.ratio - b.ratio ||
    (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
  );
  const rowPx = rows.length <= 12 ? 34 : rows.length <= 30 ? 24 : 18;
  const head = {
    name: "optimal_vs_current",
    title: "Today's balance against the optimal interval",
    summary,
    widthPx: 900,
    heightPx: 190 + rowPx * Math.max(3, rows.length),
  };
  const options = baseOptions(head, style);
  options.indexAxis = "y";
  options.plugins!.legend!.labels!.filter = (item) => item.text !== "";
  options.plugins!.legend!.labels!.usePointStyle = true;
  options.scales = {
    x: axis("balance ratio: local balance as a share of the capacity (%)", style, {
      min: 0,
      max: 100,
      ticks: { stepSize: 10 },
    }),
    y: axis("", style, {
      grid: { display: false },
      ticks: { autoSkip: false, font: { family: style.fontFamily, size: rowPx < 20 ? 10 : 12 } },
    }),
  };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: rows.map(({ label }) => shortName(label, 24)),
        datasets: rowDatasets(rows, rowPx, style.theme) as ChartDataset[],
      },
      options,
    },
  };
}

function rowDatasets(rows: readonly ChannelBalance[], rowPx: number, theme: ChartTheme) {
  const marks = sideMarks(theme);
  const dots = (Object.keys(marks) as ShortSide[])
    .filter((side) => rows.some((row) => shortSide(row) === side))
    .map((side) => ({
      type: "line" as const,
      label: marks[side].label,
      data: rows.map((row) => shortSide(row) === side ? row.ratio * 100 : null),
      showLine: false,
      clip: false as const,
      pointRadius: rowPx < 20 ? 4 : 6,
      pointStyle: "circle",
      pointBackgroundColor: marks[side].color,
      pointBorderColor: theme.surface,
      pointBorderWidth: 1.5,
      backgroundColor: marks[side].color,
      borderColor: marks[side].color,
      order: 0,
    }));
  const bars = { type: "bar" as const, grouped: false, borderSkipped: false };
  return [...dots, {
    ...bars,
    label: "optimal interval",
    pointStyle: "rect",
    data: rows.map(({ optimal }) =>
      optimal === undefined ? null : [optimal.low * 100, optimal.high * 100]
    ),
    backgroundColor: theme.fineArea,
    barThickness: rowPx * 0.56,
    minBarLength: 4,
    borderRadius: 3,
    order: 2,
  }, {
    ...bars,
    label: "",
    data: rows.map((row) => wayToInterval(row)),
    backgroundColor: rows.map((row) => marks[shortSide(row)].color),
    barThickness: 2.5,
    order: 1,
  }];
}

function wayToInterval({ ratio, optimal }: ChannelBalance): [number, number] | null {
  if (optimal === undefined) return null;
  if (ratio < optimal.low) return [ratio * 100, optimal.low * 100];
  return ratio > optimal.high ? [optimal.high * 100, ratio * 100] : null;
}
