import { silentProgress } from "../core/mod.ts";
import type { Arena } from "./arena.ts";
import { makeArena } from "./arena.ts";
import type { FeatureBins } from "./bin_edges.ts";
import type { Booster } from "./booster.ts";
import { engineShape, needsHessian } from "./engine_shape.ts";
import type { EngineShape } from "./kernels.ts";
import { usesWasm } from "./make_kernels.ts";
import type { Matrix } from "./matrix.ts";
import type { BoosterOptions } from "./options.ts";
import { checkQuantiles, QuantileBoosters } from "./quantiles.ts";
import type { StageResult, ValidationStart } from "./stage_record.ts";
import type { StagePlan } from "./stages.ts";
import {
  assembleBooster,
  type PreparedTraining,
  prepareTraining,
  trainBooster,
  type TrainingExtras,
} from "./trainer.ts";
import type { TrainingData } from "./training_data.ts";

/** What a pool asks of its workers. */
export type PoolRequest =
  /** Finds the bins of columns `[from, to)`. */
  | { kind: "bins"; x: Matrix; bins: number; from: number; to: number }
  /** Grows all trees as one thread of a team. */
  | {
    kind: "train";
    thread: number;
    plan: StagePlan;
    shape: EngineShape;
    /** Left out where the plain kernels do the work, in a team of one. */
    arena?: Arena;
    x: Matrix;
    startScores: Float64Array;
    y: Float64Array;
    weight?: Float64Array;
    /** For the first thread. */
    validation?: ValidationStart;
  };

/** What a worker answers. */
export type PoolAnswer =
  | { kind: "bins"; bins: FeatureBins[] }
  | { kind: "stage"; trees: number }
  | { kind: "done"; result?: StageResult }
  | { kind: "failed"; message: string };

/** What trainings on the same features needn't do again. */
interface SharedInput {
  x?: Matrix;
  bins?: FeatureBins[];
}

/**
 * Fewer rows are trained by one thread: a stage is then so short that meeting costs more than the
 * second thread brings.
 */
const MIN_PARALLEL_ROWS = 50_000;

/**
 * Workers that train boosters without holding up the thread that asked. Trainings of a pool run
 * one after another; the booster doesn't depend on the number of threads.
 *
 * @example
 * ```ts
 * import { matrixFromRows, TrainingPool } from "../../lib/gbt/mod.ts";
 * const x = matrixFromRows(Array.from({ length: 100 }, (_, i) => [i]));
 * const y = Float64Array.from({ length: 100 }, (_, i) => Math.sqrt(i));
 * const pool = new TrainingPool({ threads: 2 });
 * const booster = await pool.train({ x, y, featureNames: ["age"] });
 * pool.close();
 * if (booster.trees.length !== 100) throw new Error("a hundred trees");
 * ```
 */
export class TrainingPool {
  readonly threads: number;
  readonly #minParallelRows: number;
  #workers: Worker[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** `minParallelRows`: data with fewer rows is trained by one of the threads. */
  constructor({ threads = 1, minParallelRows = MIN_PARALLEL_ROWS } = {}) {
    this.threads = threads;
    this.#minParallelRows = minParallelRows;
  }

  /** Trains as `trainBooster` does, in the workers. @throws as `trainBooster`. */
  train(
    data: TrainingData,
    options: Partial<BoosterOptions> = {},
    extras: TrainingExtras = {},
  ): Promise<Booster> {
    return this.#queue(data, options, extras, {});
  }

  /** Trains as `trainQuantiles` does, in the workers. @throws as `trainQuantiles`. */
  async trainQuantiles(
    data: TrainingData,
    quantiles: readonly number[],
    options: Partial<Omit<BoosterOptions, "loss">> = {},
    extras: Omit<TrainingExtras, "from"> = {},
  ): Promise<QuantileBoosters> {
    checkQuantiles(quantiles);
    const shared: SharedInput = {};
    const boosters = await Promise.all(
      quantiles.map((pinball) =>
        this.#queue(data, { ...options, loss: { pinball } }, extras, shared)
      ),
    );
    return new QuantileBoosters(quantiles, boosters);
  }

  /** Ends the workers. A training that runs is broken off and never resolves. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers = [];
  }

  #queue(
    data: TrainingData,
    options: Partial<BoosterOptions>,
    extras: TrainingExtras,
    shared: SharedInput,
  ): Promise<Booster> {
    const training = this.#last.then(() => this.#train(data, options, extras, shared));
    this.#last = training.catch(() => {});
    return training;
  }

  async #train(
    data: TrainingData,
    given: Partial<BoosterOptions>,
    extras: TrainingExtras,
    shared: SharedInput,
  ): Promise<Booster> {
    if (given.grower === "exact") return trainBooster(data, given, extras);
    const prepared = prepareTraining(data, given, extras);
    const { options } = prepared;
    const progress = (extras.progress ?? silentProgress)("training trees", options.trees);
    try {
      const x = shared.x ??= shareMatrix(data.x);
      const team = data.x.rows < this.#minParallelRows ? 1 : this.threads;
      const bins = shared.bins ??= await this.#findBins(x, options.bins, team);
      const result = await this.#grow({ prepared, x, bins, team }, progress.update);
      return assembleBooster(prepared, result);
    } catch (error) {
      // Threads may wait for one that failed: start afresh next time.
      this.close();
      throw error;
    } finally {
      progress.stop();
    }
  }

  async #findBins(x: Matrix, bins: number, team: number): Promise<FeatureBins[]> {
    const parts = await Promise.all(Array.from({ length: team }, async (_, thread) => {
      const from = Math.floor((x.columns * thread) / team);
      const to = Math.floor((x.columns * (thread + 1)) / team);
      const answer = await this.#ask(thread, { kind: "bins", x, bins, from, to });
      return answer.kind === "bins" ? answer.bins : [];
    }));
    return parts.flat();
  }

  async #grow(
    from: { prepared: PreparedTraining; x: Matrix; bins: FeatureBins[]; team: number },
    onTrees: (trees: number) => void,
  ): Promise<StageResult> {
    const { prepared, x, bins } = from;
    const { data, options, startScores, validation } = prepared;
    const weighted = data.weight !== undefined;
    const withTeam = (threads: number) => engineShape({ x, options, bins, weighted, threads });
    const isWasm = usesWasm(withTeam(from.team), options.kernels);
    const team = isWasm ? from.team : 1;
    const shape = withTeam(team);
    const hessian = needsHessian(options, weighted);
    const request = {
      kind: "train" as const,
      plan: { rows: x.rows, columns: x.columns, options, bins, hessian },
      shape,
      arena: isWasm ? makeArena(shape) : undefined,
      x,
      startScores: shareNumbers(startScores),
      y: shareNumbers(data.y),
      weight: data.weight && shareNumbers(data.weight),
    };
    const answers = await Promise.all(Array.from(
      { length: team },
      (_, thread) =>
        thread === 0
          ? this.#ask(0, { ...request, thread, validation }, onTrees)
          : this.#ask(thread, { ...request, thread }),
    ));
    const [first] = answers;
    if (first.kind !== "done" || !first.result) throw new Error("the first worker gave no trees");
    return first.result;
  }

  /** Sends a request; resolves with the answer that ends it. */
  #ask(
    thread: number,
    request: PoolRequest,
    onTrees: (trees: number) => void = () => {},
  ): Promise<PoolAnswer> {
    const worker = this.#worker(thread);
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<PoolAnswer>) => {
        if (data.kind === "stage") onTrees(data.trees);
        else if (data.kind === "failed") reject(new Error(data.message));
        else resolve(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`a training worker failed: ${event.message}`));
      };
      worker.postMessage(request);
    });
  }

  #worker(thread: number): Worker {
    return this.#workers[thread] ??= new Worker(
      new URL("./training_worker.ts", import.meta.url),
      { type: "module" },
    );
  }
}

/** Trains a booster with `options.threads` workers, which end with it. @throws as `trainBooster`. */
export async function trainBoosterParallel(
  data: TrainingData,
  options: Partial<BoosterOptions> = {},
  extras: TrainingExtras = {},
): Promise<Booster> {
  const pool = new TrainingPool({ threads: options.threads });
  try {
    return await pool.train(data, options, extras);
  } finally {
    pool.close();
  }
}

function shareMatrix(x: Matrix): Matrix {
  if (x.data.buffer instanceof SharedArrayBuffer) return x;
  const bytes = new SharedArrayBuffer(x.data.byteLength);
  const data = x.data instanceof Float32Array ? new Float32Array(bytes) : new Float64Array(bytes);
  data.set(x.data);
  return { ...x, data };
}

function shareNumbers(numbers: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(numbers.byteLength));
  shared.set(numbers);
  return shared;
}
