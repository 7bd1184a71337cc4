import type { Chart, ChartConfiguration, ChartOptions, Plugin } from "chart.js";
import type { ChartStyle } from "./theme.ts";
import { wrapText } from "./text.ts";

/** A chart ready to be drawn, by Skia or by a browser. */
export interface ChartSpec {
  /** File name without its ending, such as `balance_distribution`. */
  name: string;
  title: string;
  /** One sentence, computed from the data, that says what one sees. */
  summary: string;
  /** Size of the picture in CSS pixels. */
  widthPx: number;
  heightPx: number;
  config: ChartConfiguration;
}

/** What {@linkcode baseOptions} needs of a specification. */
export type ChartHead = Omit<ChartSpec, "config">;

const LEFT_PX = 14;

/**
 * Options that all charts share: no animation, title, summary and legend at the top left.
 *
 * @param rightPx room at the right, such as for text at the end of bars
 */
export function baseOptions(
  head: ChartHead,
  style: ChartStyle,
  rightPx = style.titles ? 30 : 12,
): ChartOptions {
  const { theme, titles } = style;
  return {
    responsive: style.responsive,
    maintainAspectRatio: false,
    animation: false,
    color: theme.text,
    font: { family: style.fontFamily, size: 12 },
    layout: {
      padding: titles
        ? { top: 14, right: rightPx, bottom: 12, left: LEFT_PX }
        : { top: 2, right: rightPx, bottom: 2, left: 2 },
    },
    plugins: {
      title: {
        display: titles,
        text: head.title,
        align: "start",
        color: theme.text,
        font: { family: style.fontFamily, size: 18, weight: "bold" },
        padding: { top: 0, bottom: 6 },
      },
      subtitle: {
        display: titles,
        text: wrapText(head.summary, head.widthPx - LEFT_PX - rightPx, 13),
        align: "start",
        color: theme.mutedText,
        font: { family: style.fontFamily, size: 13 },
        padding: { top: 0, bottom: 6 },
      },
      legend: {
        position: "top",
        align: "start",
        onClick: () => {},
        labels: {
          color: theme.text,
          boxWidth: 12,
          boxHeight: 12,
          padding: 14,
          font: { family: style.fontFamily, size: 12 },
        },
      },
    },
  };
}

/** Keeps the legend off the highest label of the axis below it. */
export const legendGap: Plugin = {
  id: "legendGap",
  beforeInit(chart: Chart) {
    const { legend } = chart as Chart & { legend?: { fit(): void; height: number } };
    if (legend === undefined) return;
    const fit = legend.fit.bind(legend);
    legend.fit = () => {
      fit();
      if (chart.options.plugins?.legend?.display !== false) legend.height += 8;
    };
  },
};

/** Options of one axis: title with its unit, quiet lines. */
export function axis(title: string, style: ChartStyle, options: Record<string, unknown> = {}) {
  const { theme, fontFamily } = style;
  const { ticks, grid, ...rest } = options as { ticks?: object; grid?: object };
  return {
    title: {
      display: title !== "",
      text: title,
      color: theme.mutedText,
      font: { family: fontFamily, size: 12 },
    },
    border: { color: theme.grid },
    grid: { color: theme.grid, ...grid },
    ticks: { color: theme.text, maxRotation: 0, font: { family: fontFamily, size: 12 }, ...ticks },
    ...rest,
  };
}
