import { type Clock, nextTurn } from "../../core/mod.ts";
import { ModelRegistry } from "../../learning/mod.ts";
import type { CompactTable } from "../../liquidity/mod.ts";
import type { Retrain, RetrainResult } from "../state/engine.ts";
import type { RetrainAnswer, RetrainRequest } from "./retrain_job.ts";
import type { RetrainOrder } from "./retrain_worker.ts";
import type { ServingModel } from "./serving_model.ts";

/** What {@linkcode workerRetrain} works with. */
export interface RetrainingParts {
  lens: { trainingTables(): CompactTable[] };
  serving: ServingModel;
  clock: Clock;
  /** The data folder. */
  folder: string;
  seed: number;
  /** Stages at most, of each booster; the trainer's own limit when left out. */
  trees?: number;
}

/**
 * Retraining in a worker. A challenger that is better is loaded from its file and takes over between
 * two events, lens and corrector at once, so that no answer comes from half of it.
 */
export function workerRetrain(parts: RetrainingParts): Retrain {
  return async (signal: AbortSignal): Promise<RetrainResult> => {
    const { lens, serving, clock, folder, seed, trees } = parts;
    const createdMs = clock.nowMs();
    const request = {
      id: await new ModelRegistry(folder).freeId("model_", createdMs),
      createdMs,
      seed,
      trees,
      folder,
      championPath: serving.path,
    };
    const answer = await askWorker(lens.trainingTables(), request, signal);
    if (answer.status === "failed") throw new Error(answer.reason);
    const { featureDrift } = answer;
    if (answer.status === "promoted") await serving.take(answer.path);
    return { status: answer.status, modelId: serving.id, reason: answer.reason, featureDrift };
  };
}

function askWorker(
  tables: readonly CompactTable[],
  request: RetrainRequest,
  signal: AbortSignal,
): Promise<RetrainAnswer> {
  const worker = new Worker(new URL("./retrain_worker.ts", import.meta.url), { type: "module" });
  const tell = (order: RetrainOrder) => worker.postMessage(order);
  return new Promise<RetrainAnswer>((resolve, reject) => {
    const stop = () => reject(new Error("the server stops"));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    worker.onmessage = ({ data }: MessageEvent<RetrainAnswer>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    handOver(tables, tell).then(() => tell({ kind: "train", request }), reject);
  }).finally(() => worker.terminate());
}

/** Part by part: copying all samples at once would hold up whoever asks meanwhile. */
async function handOver(tables: readonly CompactTable[], tell: (order: RetrainOrder) => void) {
  for (const table of tables) {
    tell({ kind: "samples", table });
    await nextTurn();
  }
}
