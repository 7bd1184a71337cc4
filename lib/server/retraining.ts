import { type Clock, fileStamp } from "../core/mod.ts";
import { type Forecaster, ForecastModel } from "../learning/mod.ts";
import type { FeatureTable } from "../liquidity/mod.ts";
import type { Retrain, RetrainResult } from "./engine.ts";
import type { RetrainAnswer, RetrainRequest } from "./retrain_worker.ts";

/** What {@linkcode workerRetrain} works with. */
export interface RetrainingParts {
  lens: {
    trainingTable(): FeatureTable;
    readonly forecaster: Forecaster;
    swapForecaster(forecaster: Forecaster): void;
  };
  /** What corrects forecasts between trainings, where there is one; starts anew with a new model. */
  online?: { setForecaster(forecaster: Forecaster): void };
  clock: Clock;
  /** The data folder. */
  folder: string;
  seed: number;
  /** Stages at most, of each booster; the trainer's own limit when left out. */
  trees?: number;
  /** File of the model that serves at first; the baseline does when left out. */
  championPath?: string;
}

/**
 * Retraining in a worker. A challenger that is better is loaded from its file and takes over between
 * two events, lens and corrector at once, so that no answer comes from half of it.
 */
export function workerRetrain(parts: RetrainingParts): Retrain {
  let { championPath } = parts;
  return async (signal: AbortSignal): Promise<RetrainResult> => {
    const { lens, online, clock, folder, seed, trees } = parts;
    const createdMs = clock.nowMs();
    const answer = await askWorker({
      table: lens.trainingTable(),
      id: `model_${fileStamp(createdMs)}`,
      createdMs,
      seed,
      trees,
      folder,
      championPath,
    }, signal);
    if (answer.status === "failed") throw new Error(answer.reason);
    if (answer.status === "promoted") {
      const model = await ForecastModel.load(answer.path);
      lens.swapForecaster(model);
      online?.setForecaster(model);
      championPath = answer.path;
    }
    return { status: answer.status, modelId: lens.forecaster.id, reason: answer.reason };
  };
}

function askWorker(request: RetrainRequest, signal: AbortSignal): Promise<RetrainAnswer> {
  const worker = new Worker(new URL("./retrain_worker.ts", import.meta.url), { type: "module" });
  return new Promise<RetrainAnswer>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the server stops")), { once: true });
    worker.onmessage = ({ data }: MessageEvent<RetrainAnswer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    // The columns were made for this training: they move instead of being copied.
    const columns = Object.values(request.table).filter((c) => c instanceof Float64Array);
    worker.postMessage(request, columns.map(({ buffer }) => buffer as ArrayBuffer));
  }).finally(() => worker.terminate());
}
