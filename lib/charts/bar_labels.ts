import type { Chart, Plugin } from "chart.js";

/** Text at the end of each bar of one dataset. */
export interface BarLabelOptions {
  /** Index of the dataset. */
  dataset: number;
  /** One text a bar; empty ones are not drawn. */
  labels: readonly string[];
  color: string;
  font: string;
  /** Beside horizontal bars: one below the other at the right of the chart. */
  inColumn?: boolean;
}

/** Draws values beside horizontal bars, or above vertical ones. */
export function barLabels(all: readonly BarLabelOptions[]): Plugin {
  return {
    id: "barLabels",
    afterDatasetsDraw(chart: Chart) {
      const { ctx } = chart;
      const sideways = chart.options.indexAxis === "y";
      for (const options of all) {
        ctx.save();
        ctx.fillStyle = options.color;
        ctx.font = options.font;
        ctx.textAlign = sideways ? "left" : "center";
        ctx.textBaseline = sideways ? "middle" : "bottom";
        chart.getDatasetMeta(options.dataset).data.forEach((bar, index) => {
          const text = options.labels[index] ?? "";
          const { width = 0 } = bar.getProps(["width"], true) as { width?: number };
          const fits = sideways || ctx.measureText(text).width <= width + 6;
          if (text === "" || !fits) return;
          const x = options.inColumn ? chart.chartArea.right : bar.x;
          ctx.fillText(text, x + (sideways ? 6 : 0), bar.y + (sideways ? 0.5 : -3));
        });
        ctx.restore();
      }
    },
  };
}
