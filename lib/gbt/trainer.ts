import { type ProgressFactory, type Rng, silentProgress } from "../core/mod.ts";
import { Booster } from "./booster.ts";
import { engineShape, needsHessian } from "./engine_shape.ts";
import { ExactStages } from "./exact_grower.ts";
import { SOLO } from "./grower.ts";
import { checkTarget, lossOf } from "./loss.ts";
import { makeKernels } from "./make_kernels.ts";
import { type BoosterOptions, resolveOptions } from "./options.ts";
import { SharedBins } from "./shared_bins.ts";
import { StageRecord, type StageResult, type ValidationStart } from "./stage_record.ts";
import { runStages, type StageListener } from "./stages.ts";
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
  /** What the first tree is added to. */
  start: Booster;
  /** Score of every row by `start`. */
  startScores: Float64Array;
  validation: ValidationStart | undefined;
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
  return trainOnBins(data, options, extras, new SharedBins());
}

/** Trains with bins that other trainings on the same features share. @throws as `trainBooster`. */
export function trainOnBins(
  data: TrainingData,
  options: Partial<BoosterOptions>,
  extras: TrainingExtras,
  shared: SharedBins,
): Booster {
  const prepared = prepareTraining(data, options, extras);
  const record = new StageRecord(prepared.options, prepared.validation);
  const progress = (extras.progress ?? silentProgress)("training trees", prepared.options.trees);
  const listener: StageListener = (tree, stage, metric) => {
    progress.update(stage + 1);
    return record.add(tree, metric);
  };
  try {
    if (prepared.options.grower === "exact") runExact(prepared, listener);
    else runHistogram(prepared, shared, listener);
  } finally {
    progress.stop();
  }
  return assembleBooster(prepared, record.result());
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
  const start = from ?? new Booster({
    featureNames: data.featureNames,
    loss: options.loss,
    initialScore: loss.initial(data.y, data.weight ?? new Float64Array(0)),
    trees: [],
    minSamplesLeaf: options.minSamplesLeaf,
    metrics: { name: loss.metricName, training: [], validation: [] },
  });
  return {
    data,
    options,
    start,
    startScores: start.predictScores(data.x),
    validation: validation && { ...validation, scores: start.predictScores(validation.x) },
  };
}

/** The booster that a training came to. */
export function assembleBooster(
  { start, options }: PreparedTraining,
  { trees, keep, training, validation }: StageResult,
): Booster {
  return new Booster({
    featureNames: start.featureNames,
    loss: options.loss,
    initialScore: start.initialScore,
    trees: [...start.trees, ...trees.slice(0, keep)],
    minSamplesLeaf: options.minSamplesLeaf,
    metrics: {
      name: start.metrics.name,
      training: [...start.metrics.training, ...training],
      validation: [...start.metrics.validation, ...validation],
    },
  });
}

function runHistogram(
  { data, options, startScores }: PreparedTraining,
  shared: SharedBins,
  listener: StageListener,
): void {
  const { x, y, weight } = data;
  const bins = shared.edges(x, options.bins);
  const shape = engineShape({ x, options, bins, weighted: weight !== undefined, threads: 1 });
  const kernels = makeKernels(shape, options.kernels);
  const { arrays } = kernels;
  arrays.words.set(shared.words(x, options.bins));
  arrays.score.set(startScores);
  arrays.target.set(y);
  if (weight) arrays.weight.set(weight);
  const hessian = needsHessian(options, weight !== undefined);
  const plan = { rows: x.rows, columns: x.columns, options, bins, hessian };
  runStages(plan, { kernels, team: SOLO }, listener);
}

function runExact({ data, options, startScores }: PreparedTraining, listener: StageListener) {
  const stages = new ExactStages(data, options, startScores);
  for (let stage = 0; stage < options.trees; stage++) {
    const tree = stages.stage();
    if (listener(tree, stage, options.trackTraining ? stages.metric() : NaN)) return;
  }
}
