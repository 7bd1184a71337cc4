import { counted } from "../../charts/browser.ts";
import { formatPercent } from "../../core/browser.ts";
import type { Performance } from "./api.ts";
import { UNKNOWN } from "./format.ts";

/** Forecasters of our own; all others are baselines. */
const OWN = ["model", "online"];

/** One forecaster's loss beside the best baseline's. */
export interface LossRow {
  name: string;
  loss: number;
  /** Loss over the best baseline's: below 1 is better than every baseline. */
  ratio?: number;
  own: boolean;
}

/** Losses, best first. */
export function lossRows(performance: Performance): LossRow[] {
  const known = Object.entries(performance.losses)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const baselines = known.filter(([name]) => !OWN.includes(name)).map(([, loss]) => loss);
  const best = baselines.length === 0 ? undefined : Math.min(...baselines);
  return known
    .map(([name, loss]) => ({
      name: name.replaceAll("_", " "),
      loss,
      ratio: best === undefined || best === 0 ? undefined : loss / best,
      own: OWN.includes(name),
    }))
    .sort((a, b) => a.loss - b.loss);
}

/** The tile's texts: how much lower our error is than the best baseline's. */
export function modelQuality(performance: Performance | null | undefined) {
  if (!performance) return { value: UNKNOWN, note: "shown once forecasts could be checked" };
  const model = performance.model?.id ?? "no model yet";
  const ours = lossRows(performance).find(({ own }) => own);
  if (ours?.ratio === undefined || performance.samples === 0) {
    return { value: UNKNOWN, note: `${model}; measured once the horizon of a forecast has passed` };
  }
  const change = ours.ratio - 1;
  return {
    value: `${formatPercent(Math.abs(change))} ${change <= 0 ? "lower" : "higher"}`,
    note: `error than the best baseline, ${counted(performance.samples, "forecast")}; ${model}`,
    tone: change < 0 ? "good" : change > 0 ? "bad" : "",
  };
}
