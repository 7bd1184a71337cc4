import type { Chart, ChartArea, ChartDataset, Plugin } from "chart.js";
import {
  type ChannelBalance,
  distanceFromOptimal,
  type ShortSide,
  shortSide,
} from "./channel_balance.ts";
import { sideMarks } from "./optimal_rows.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { shortName } from "./text.ts";
import type { ChartStyle } from "./theme.ts";

const MOST_NAMES = 10;

/**
 * Each channel a point: today's ratio across, the nearest ratio of its optimal interval up. What
 * lies on the diagonal is as it should be; the height above or below it is what is missing. The
 * area of a point is the fee income at stake. Channels without an interval are left out.
 */
export function optimalScatter(
  channels: readonly ChannelBalance[],
  summary: string,
  style: ChartStyle,
): ChartSpec {
  const { theme } = style;
  const known = channels.filter(({ optimal }) => optimal !== undefined);
  const head = {
    name: "optimal_vs_current",
    title: "Today's balance against the optimal one",
    summary: `${summary} The larger a point, the more fee income is at stake.`,
    widthPx: 900,
    heightPx: 760,
  };
  const mostAtStake = Math.max(1e-9, ...known.map(({ feesAtStakeSat }) => feesAtStakeSat ?? 0));
  const marks = sideMarks(theme);
  const sides: ShortSide[] = ["outbound", "inbound", "none"];
  const datasets = sides.map((side) => {
    const points = known.filter((channel) => shortSide(channel) === side);
    return {
      label: marks[side].label,
      data: points.map((point) => ({ x: point.ratio * 100, y: nearestPercent(point) })),
      clip: false,
      pointRadius: points.map(({ feesAtStakeSat }) =>
        3 + 9 * Math.sqrt((feesAtStakeSat ?? 0) / mostAtStake)
      ),
      pointBackgroundColor: `${marks[side].color}99`,
      pointBorderColor: marks[side].color,
      pointBorderWidth: 1,
      backgroundColor: `${marks[side].color}99`,
      borderColor: marks[side].color,
    };
  });
  const options = baseOptions(head, style);
  options.plugins!.legend!.labels!.usePointStyle = true;
  const percent = { type: "linear", min: 0, max: 100, ticks: { stepSize: 10 } };
  options.scales = {
    x: axis("balance ratio today: local balance / capacity (%)", style, percent),
    y: axis("nearest ratio of the optimal interval (%)", style, percent),
  };
  return {
    ...head,
    config: {
      type: "scatter",
      data: { datasets: datasets as unknown as ChartDataset[] },
      options,
      plugins: [diagonal(style), names(namesToShow(known), known, style)],
    },
  };
}

function nearestPercent({ ratio, optimal }: ChannelBalance): number {
  return Math.min(optimal!.high, Math.max(optimal!.low, ratio)) * 100;
}

/** Those with the most income at stake times distance, most first. */
function namesToShow(channels: readonly ChannelBalance[]): ChannelBalance[] {
  const weight = (c: ChannelBalance) => distanceFromOptimal(c) * (c.feesAtStakeSat ?? 0);
  return channels.filter((channel) => weight(channel) > 0)
    .sort((a, b) => weight(b) - weight(a) || (a.label < b.label ? -1 : 1))
    .slice(0, MOST_NAMES);
}

function diagonal({ theme, fontFamily }: ChartStyle): Plugin {
  return {
    id: "diagonal",
    beforeDatasetsDraw(chart: Chart) {
      const { ctx, chartArea: area } = chart;
      ctx.save();
      ctx.strokeStyle = theme.fine;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.moveTo(area.left, area.bottom);
      ctx.lineTo(area.right, area.top);
      ctx.stroke();
      ctx.fillStyle = theme.mutedText;
      ctx.font = `italic 12px "${fontFamily}"`;
      const { above, below } = captionPlaces(area);
      ctx.textAlign = "left";
      ctx.fillText("above the line local balance is missing", above.x, above.y);
      ctx.textAlign = "right";
      ctx.fillText("below it remote balance is missing", below.x, below.y);
      ctx.restore();
    },
  };
}

/** Start and end of the captions: away from the edges, where drained and saturated channels crowd. */
function captionPlaces({ left, right, top, bottom, width }: ChartArea) {
  return {
    above: { x: left + 0.16 * width, y: top + 22 },
    below: { x: right - 0.16 * width, y: bottom - 14 },
  };
}

/** Writes names near points; one that would cover something is left out. */
function names(
  named: readonly ChannelBalance[],
  all: readonly ChannelBalance[],
  { theme, fontFamily }: ChartStyle,
): Plugin {
  return {
    id: "names",
    afterDatasetsDraw(chart: Chart) {
      const { ctx, chartArea, scales } = chart;
      const place = (channel: ChannelBalance) => ({
        x: scales.x.getPixelForValue(channel.ratio * 100),
        y: scales.y.getPixelForValue(nearestPercent(channel)),
      });
      const { above, below } = captionPlaces(chartArea);
      const taken: Box[] = [
        boxAt(above.x, above.y, 270),
        boxAt(below.x - 240, below.y, 240),
        ...all.map(place).map(({ x, y }) => boxAt(x - 4, y, 8)),
      ];
      ctx.save();
      ctx.font = `11px "${fontFamily}"`;
      ctx.textBaseline = "middle";
      ctx.lineWidth = 3;
      for (const channel of named) {
        const text = shortName(channel.label, 18);
        const width = ctx.measureText(text).width;
        const { x, y } = place(channel);
        const free = namePlaces(x, y, width).find((box) =>
          box.left > chartArea.left && box.right < chartArea.right && box.y > chartArea.top &&
          box.y < chartArea.bottom && !taken.some((other) => overlap(box, other))
        );
        if (free === undefined) continue;
        taken.push(free);
        ctx.strokeStyle = theme.surface;
        ctx.strokeText(text, free.left, free.y);
        ctx.fillStyle = theme.text;
        ctx.fillText(text, free.left, free.y);
      }
      ctx.restore();
    },
  };
}

/** A line of text or a point, in pixels. */
interface Box {
  left: number;
  right: number;
  y: number;
}

/** Where a point's name may stand: beside it, then above and below. */
function namePlaces(x: number, y: number, width: number): Box[] {
  return [0, -14, 14, -22, 22].flatMap((dy) => {
    const dx = Math.abs(dy) > 20 ? -width / 2 : 16;
    return [boxAt(x + dx, y + dy, width), boxAt(x - dx - width, y + dy, width)];
  });
}

function boxAt(left: number, y: number, width: number): Box {
  return { left, right: left + width, y };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 11;
}
