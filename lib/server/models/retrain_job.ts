/**
 * A retraining: trains a challenger, compares it with the champion, and writes and promotes it when
 * it is better.
 */
import { DAY_MS, errorMessage, InputError } from "../../core/mod.ts";
import {
  BaselineForecaster,
  challenge,
  type FeatureDrift,
  featureDrift,
  type Forecaster,
  ForecastModel,
  ModelRegistry,
  TRAIN_DEFAULTS,
  trainForecastModel,
} from "../../learning/mod.ts";
import {
  type CompactTable,
  type FeatureTable,
  joinTables,
  splitByTime,
  takeTableRows,
} from "../../liquidity/mod.ts";

/** With fewer rows chance alone moves a distribution. */
const LEAST_ROWS_OF_DRIFT = 300;
const SHOWN_DRIFT = 5;

/** What is asked of a retraining. */
export interface RetrainRequest {
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

/** What comes of it. */
export type RetrainAnswer =
  | { status: "promoted"; path: string; reason: string; featureDrift: FeatureDrift[] }
  | { status: "kept"; reason: string; featureDrift?: FeatureDrift[] }
  | { status: "failed"; reason: string };

/** Retrains on samples, oldest first, and lets go of their parts. A failure is an answer, too. */
export async function answerRetrain(
  tables: CompactTable[],
  request: RetrainRequest,
): Promise<RetrainAnswer> {
  try {
    return await retrain(joinTables(tables.splice(0)), request);
  } catch (error) {
    const reason = errorMessage(error);
    return error instanceof InputError
      ? { status: "kept", reason: `not trained: ${reason}` }
      : { status: "failed", reason };
  }
}

async function retrain(table: FeatureTable, request: RetrainRequest): Promise<RetrainAnswer> {
  const { folder, championPath } = request;
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
