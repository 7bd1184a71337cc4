import { type ChartSpec, forecastLosses } from "../../charts/mod.ts";
import { horizonText } from "../../learning/mod.ts";
import type { Backtest } from "./backtest.ts";
import { FORECAST_LABELS } from "./report.ts";

/** The losses of all forecasts against that of the best simple one, by horizon. */
export function backtestChart({ forecasts }: Backtest): ChartSpec {
  return forecastLosses(
    forecasts.filter(({ side }) => side === "both").map((f) => ({
      horizon: horizonText(f.horizonMs),
      forecast: FORECAST_LABELS[f.forecast],
      ours: f.forecast === "mixture",
      change: f.againstBest.value,
      low: f.againstBest.low,
      high: f.againstBest.high,
    })),
  );
}
