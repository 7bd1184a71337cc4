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

const MOST_NAMES = 8;

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
      plugins: [diagonal(style), names(namesToShow(known), style)],
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

/** Writes names beside points; one that would cover another is left out. */
function names(channels: readonly ChannelBalance[], { theme, fontFamily }: ChartStyle): Plugin {
  return {
    id: "names",
    afterDatasetsDraw(chart: Chart) {
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.font = `11px "${fontFamily}"`;
      ctx.textBaseline = "middle";
      const { above, below } = captionPlaces(chartArea);
      const taken: { left: number; right: number; y: number }[] = [
        { left: above.x, right: above.x + 270, y: above.y },
        { left: below.x - 240, right: below.x, y: below.y },
      ];
      for (const channel of channels) {
        const text = shortName(channel.label, 18);
        const width = ctx.measureText(text).width;
        const x = scales.x.getPixelForValue(channel.ratio * 100);
        const y = scales.y.getPixelForValue(nearestPercent(channel));
        const left = x + 14 + width > chartArea.right ? x - 14 - width : x + 14;
        const box = { left: left - 3, right: left + width + 3, y };
        if (taken.some((t) => t.left < box.right && box.left < t.right && Math.abs(t.y - y) < 15)) {
          continue;
        }
        taken.push(box);
        ctx.lineWidth = 3;
        ctx.strokeStyle = theme.surface;
        ctx.strokeText(text, left, y);
        ctx.fillStyle = theme.text;
        ctx.fillText(text, left, y);
      }
      ctx.restore();
    },
  };
}
