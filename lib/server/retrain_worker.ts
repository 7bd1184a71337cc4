/**
 * A training in a thread of its own, so that serving goes on: takes one {@linkcode RetrainRequest},
 * trains a challenger, compares it with the champion, writes and promotes it when it is better, and
 * answers with a {@linkcode RetrainAnswer}.
 */
import { DAY_MS, InputError } from "../core/mod.ts";
import {
  BaselineForecaster,
  type FeatureDrift,
  featureDrift,
  type Forecaster,
  ForecastModel,
  ModelRegistry,
  TRAIN_DEFAULTS,
  trainForecastModel,
} from "../learning/mod.ts";
import { type FeatureTable, splitByTime, takeTableRows } from "../liquidity/mod.ts";
import { challenge } from "./challenge.ts";

/** With fewer rows chance alone moves a distribution. */
const LEAST_ROWS_OF_DRIFT = 300;
const SHOWN_DRIFT = 5;

/** What the worker is asked. */
export interface RetrainRequest {
  table: FeatureTable;
  /** Name of the model to be made. */
  id: string;
  /** When that is, Unix ms. */
  createdMs: number;
  seed: number;
  trees?: number;
  /** The data folder. */
  folder: string;
  /** File of the model that serves; the baseline does when left out. */
  championPath?: string;
}

/** What the worker answers. */
export type RetrainAnswer =
  | { status: "promoted"; path: string; reason: string; featureDrift: FeatureDrift[] }
  | { status: "kept"; reason: string; featureDrift?: FeatureDrift[] }
  | { status: "failed"; reason: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<RetrainRequest>) => void;
  postMessage(answer: RetrainAnswer): void;
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await retrain(data));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const status = error instanceof InputError ? "kept" : "failed";
    scope.postMessage({ status, reason: status === "kept" ? `not trained: ${reason}` : reason });
  }
};

async function retrain(request: RetrainRequest): Promise<RetrainAnswer> {
  const { table, folder, championPath } = request;
  const champion = championPath === undefined
    ? new BaselineForecaster({ horizonMs: table.horizonMs })
    : await ForecastModel.load(championPath);
  const trained = trainForecastModel(table, {
    id: request.id,
    createdMs: request.createdMs,
    seed: request.seed,
    trees: request.trees ?? TRAIN_DEFAULTS.trees,
    parent: championPath === undefined ? null : champion.id,
  });
  const { better, reason } = challenge(table, splitByTime(table).test, {
    challenger: trained.model,
    champion,
  });
  const registry = new ModelRegistry(folder);
  const featureDrift = await driftSince(champion, { table, registry });
  if (!better) return { status: "kept", reason, featureDrift };
  const path = await registry.add(trained);
  await registry.promote(request.id, { atMs: request.createdMs });
  return { status: "promoted", path, reason, featureDrift };
}

/** The features that moved most between the champion's training data and the newest day. */
async function driftSince(
  champion: Forecaster,
  { table, registry }: { table: FeatureTable; registry: ModelRegistry },
): Promise<FeatureDrift[]> {
  if (!(champion instanceof ForecastModel)) return [];
  const newestMs = table.timeMs.reduce((a, b) => Math.max(a, b), -Infinity);
  const rows = Array.from(table.timeMs.keys()).filter((r) => table.timeMs[r] > newestMs - DAY_MS);
  if (rows.length < LEAST_ROWS_OF_DRIFT) return [];
  const scaler = await registry.scaler(champion);
  return featureDrift(scaler, takeTableRows(table, rows)).slice(0, SHOWN_DRIFT);
}
