import { formatSat, HOUR_MS } from "../core/browser.ts";
import { forecasterName, isOwnForecaster } from "./forecaster_names.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";
import { timeAxis, timeText } from "./time_axis.ts";

/** Mean errors of forecasters at one moment, sat, by name. */
export interface ErrorMoment {
  timeMs: number;
  losses: Readonly<Record<string, number>>;
}

/** Errors of the model, its online correction and the baselines over time. */
export function errorHistory(
  moments: readonly ErrorMoment[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const { theme } = style;
  const names = [...new Set(moments.flatMap(({ losses }) => Object.keys(losses)))]
    .sort((a, b) => Number(isOwnForecaster(b)) - Number(isOwnForecaster(a)) || (a < b ? -1 : 1));
  const head = {
    name: "error_history",
    title: "Errors over time",
    summary: summarize(moments, names),
    widthPx: 900,
    heightPx: 380,
  };
  const options = baseOptions(head, style);
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
    x: timeAxis(moments.map(({ timeMs }) => timeMs / HOUR_MS), style),
    y: axis("pinball loss (sat)", style, { grace: "10%" }),
  };
  const baselines = [theme.neutral, theme.cost, theme.mutedText];
  const dashes = [[6, 4], [2, 3], [10, 3, 2, 3]];
  return {
    ...head,
    config: {
      type: "line",
      data: {
        datasets: names.map((name, i) => {
          const own = isOwnForecaster(name);
          const color = own
            ? (name === "online" ? theme.fine : theme.shortInbound)
            : baselines[i % baselines.length];
          return {
            label: forecasterName(name),
            data: moments.filter(({ losses }) => name in losses)
              .map(({ timeMs, losses }) => ({ x: timeMs / HOUR_MS, y: losses[name] })),
            ...{ borderColor: color, backgroundColor: color, borderWidth: own ? 2.5 : 1.5 },
            ...{ pointRadius: 0, pointStyle: "line" as const, pointHitRadius: 6 },
            borderDash: own ? [] : dashes[i % dashes.length],
          };
        }),
      },
      options,
    },
  };
}

function summarize(moments: readonly ErrorMoment[], names: readonly string[]): string {
  const last = moments.at(-1);
  if (last === undefined) return "No errors have been taken down yet.";
  const best = names.filter((name) => name in last.losses)
    .reduce((a, b) => last.losses[b] < last.losses[a] ? b : a);
  return `Lowest at last: ${forecasterName(best)} with ${
    formatSat(last.losses[best])
  }. Each forecast is judged before it is learned from; lower is better.`;
}
