import { type ProgressFactory, type Rng, silentProgress } from "../core/mod.ts";
import { findBins } from "./bin_edges.ts";
import { packBins } from "./bin_words.ts";
import { Booster } from "./booster.ts";
import { ExactStages } from "./exact_grower.ts";
import { SOLO } from "./grower.ts";
import { makeKernels } from "./make_kernels.ts";
import { engineShape, needsHessian } from "./engine_shape.ts";
import { checkTarget, lossOf } from "./loss.ts";
import { type BoosterOptions, resolveOptions } from "./options.ts";
import { runStages } from "./stages.ts";
import { TrainingRecord } from "./training_record.ts";
import {
  checkLabels,
  checkTrainingData,
  type LabelledData,
  type TrainingData,
} from "./training_data.ts";

/** What a training may be given besides data and options. */
export interface TrainingExtras {
  /** Measured after every stage; decides early stopping. */
  validation?: LabelledData;
  /** Draws the seed of sampling in place of `options.seed`. */
  rng?: Rng;
  progress?: ProgressFactory;
  /** Training goes on from this booster's trees. */
  from?: Booster;
}

/** A training whose inputs were checked. */
export interface PreparedTraining {
  data: TrainingData;
  options: BoosterOptions;
  /** Starting score of every row. */
  startScores: Float64Array;
  record: TrainingRecord;
}

/**
 * Trains a booster on one thread. Same data, options and seed: the same booster, byte for byte.
 *
 * @throws {InputError} for data that can't be learned from (see `checkTrainingData`).
 * @throws {UsageError} for an option out of range.
 */
export function trainBooster(
  data: TrainingData,
  options: Partial<BoosterOptions> = {},
  extras: TrainingExtras = {},
): Booster {
  const prepared = prepareTraining(data, options, extras);
  const { record } = prepared;
  try {
    if (prepared.options.grower === "exact") runExact(prepared);
    else runHistogram(prepared);
  } finally {
    record.stop();
  }
  return record.booster();
}

/** Checks all inputs and works out where training starts. @throws as {@linkcode trainBooster}. */
export function prepareTraining(
  data: TrainingData,
  given: Partial<BoosterOptions>,
  extras: TrainingExtras,
): PreparedTraining {
  const options = resolveOptions(given, data.x.columns);
  if (extras.rng) options.seed = extras.rng.int(2 ** 31);
  checkTrainingData(data, options.constant);
  const loss = lossOf(options.loss);
  checkTarget(loss, data.y);
  const { validation, from } = extras;
  if (validation) {
    checkLabels(validation);
    checkTarget(loss, validation.y);
  }
  from?.checkFeatures(data.featureNames);
  const initialScore = from?.initialScore ??
    loss.initial(data.y, data.weight ?? new Float64Array(0));
  const start = from ?? new Booster({
    featureNames: data.featureNames,
    loss: options.loss,
    initialScore,
    trees: [],
    minSamplesLeaf: options.minSamplesLeaf,
    metrics: { name: loss.metricName, training: [], validation: [] },
  });
  const progress = (extras.progress ?? silentProgress)("training trees", options.trees);
  return {
    data,
    options,
    startScores: start.predictScores(data.x),
    record: new TrainingRecord({ start, options, validation, progress }),
  };
}

function runHistogram({ data, options, startScores, record }: PreparedTraining): void {
  const { x, y, weight } = data;
  const bins = findBins(x, options.bins);
  const shape = engineShape({ x, options, bins, weighted: weight !== undefined, threads: 1 });
  const kernels = makeKernels(shape, options.kernels);
  const { arrays } = kernels;
  packBins(x, bins, arrays.words);
  arrays.score.set(startScores);
  arrays.target.set(y);
  if (weight) arrays.weight.set(weight);
  const hessian = needsHessian(options, weight !== undefined);
  runStages(
    { rows: x.rows, columns: x.columns, options, bins, hessian },
    { kernels, team: SOLO },
    (tree, _stage, metric) => record.add(tree, metric),
  );
}

function runExact({ data, options, startScores, record }: PreparedTraining): void {
  const stages = new ExactStages(data, options, startScores);
  for (let stage = 0; stage < options.trees; stage++) {
    const tree = stages.stage();
    if (record.add(tree, options.trackTraining ? stages.metric() : NaN)) return;
  }
}
