import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** How one forecast did at one horizon. */
export interface ForecastLoss {
  /** Such as `24 h`. */
  horizon: string;
  forecast: string;
  /** Whether it is the model's, not one it is compared with. */
  ours: boolean;
  /** Its loss over that of the best simple forecast, less 1; and the interval of that. */
  change: number;
  low: number;
  high: number;
}

/** Losses beside that of the best simple forecast, a bar a horizon and forecast. */
export function forecastLosses(
  losses: readonly ForecastLoss[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const head = {
    name: "backtest_losses",
    title: "Forecasts of needs on the node's own history",
    summary: summarize(losses),
    widthPx: 900,
    heightPx: 150 + 24 * Math.max(3, losses.length),
  };
  const options = baseOptions(head, style);
  options.indexAxis = "y";
  options.plugins!.legend!.display = false;
  options.scales = {
    x: axis("pinball loss against the best simple forecast (%)", style, { grace: "5%" }),
    y: axis("", style, { grid: { display: false }, ticks: { autoSkip: false } }),
  };
  const { theme } = style;
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        // Figures stand at the axis: bars go to both sides.
        labels: losses.map(({ horizon, forecast, change, low, high }) =>
          `${horizon}, ${forecast}: ${percent(change)} (${percent(low)} to ${percent(high)})`
        ),
        datasets: [{
          data: losses.map(({ change }) => change * 100),
          backgroundColor: losses.map(({ ours }) => ours ? theme.fine : theme.neutral),
          barPercentage: 0.8,
          categoryPercentage: 0.9,
        }],
      },
      options,
    },
  };
}

function percent(share: number): string {
  return `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}

function summarize(losses: readonly ForecastLoss[]): string {
  const ours = losses.filter((loss) => loss.ours);
  const better = ours.filter(({ high }) => high < 0).length;
  const worse = ours.filter(({ low }) => low > 0).length;
  return `Green is what would serve: of ${ours.length} horizons it is clearly better than the ` +
    `best simple forecast at ${better}, clearly worse at ${worse}.`;
}
