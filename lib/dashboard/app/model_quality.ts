import { counted, forecasterName, isOwnForecaster } from "../../charts/browser.ts";
import { formatPercent } from "../../core/browser.ts";
import type { PerformanceView } from "./api.ts";
import { UNKNOWN } from "./format.ts";

/** One forecaster's loss beside the best baseline's. */
export interface LossRow {
  name: string;
  /** Mean pinball loss, sat. */
  loss: number;
  /** Loss over the best baseline's: below 1 is better than every baseline. */
  ratio?: number;
  own: boolean;
}

/** Losses, best first. */
export function lossRows(performance: PerformanceView | undefined): LossRow[] {
  const known = Object.entries(performance?.metrics.losses ?? {})
    .filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const baselines = known.filter(([name]) => !isOwnForecaster(name)).map(([, loss]) => loss);
  const best = baselines.length === 0 ? undefined : Math.min(...baselines);
  return known
    .map(([name, loss]) => ({
      name: forecasterName(name),
      loss,
      ratio: best === undefined || best === 0 ? undefined : loss / best,
      own: isOwnForecaster(name),
    }))
    .sort((a, b) => a.loss - b.loss);
}

/** Forecasts whose horizon has passed, so that they could be judged. */
export function judgedForecasts(performance: PerformanceView | undefined): number {
  const { samples } = performance?.metrics ?? {};
  return typeof samples === "number" ? samples : 0;
}

/** Share of outcomes within the interval that should hold 80 %, of the forecasts in use. */
export function coverage(performance: PerformanceView | undefined): number | undefined {
  const { coverage, correcting } = performance?.metrics ?? {};
  const value = (coverage as Record<string, unknown> | undefined)
    ?.[correcting ? "online" : "model"];
  return typeof value === "number" ? value : undefined;
}

/** The tile's texts: how much lower our error is than the best baseline's. */
export function modelQuality(performance: PerformanceView | undefined) {
  if (performance === undefined || performance.model === null) {
    return { value: UNKNOWN, note: "no model serves yet" };
  }
  const ours = lossRows(performance).find(({ own }) => own);
  const judged = judgedForecasts(performance);
  if (ours?.ratio === undefined || judged === 0) {
    return { value: UNKNOWN, note: "measured once the horizon of the first forecasts has passed" };
  }
  const change = ours.ratio - 1;
  const much = formatPercent(Math.abs(change));
  if (much === formatPercent(0)) {
    return { value: "equal", note: `error as the best baseline's, ${counted(judged, "forecast")}` };
  }
  return {
    value: `${much} ${change < 0 ? "lower" : "higher"}`,
    note: `error than the best baseline, ${counted(judged, "forecast")}`,
    tone: change < 0 ? "good" : change > 0 ? "bad" : "",
  };
}
