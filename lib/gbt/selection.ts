import {
  InputError,
  type ProgressFactory,
  type Rng,
  silentProgress,
  UsageError,
} from "../core/mod.ts";
import type { Booster } from "./booster.ts";
import { lossOf } from "./loss.ts";
import { takeRows } from "./matrix.ts";
import type { BoosterOptions } from "./options.ts";
import { trainBooster, type TrainingExtras } from "./trainer.ts";
import type { TrainingData } from "./training_data.ts";

/** Trains a booster: `trainBooster`, or a pool's `train`. */
export type TrainFunction = (
  data: TrainingData,
  options: Partial<BoosterOptions>,
  extras: TrainingExtras,
) => Booster | Promise<Booster>;

/** Row numbers of one step of cross-validation. */
export interface TimeFold {
  train: Uint32Array;
  validation: Uint32Array;
}

/**
 * Folds for data with a time: the rows, in the order of time, are cut into `folds` + 1 parts, and
 * part `k` + 1 is predicted from all before it. Rows whose time is less than `gap` before the
 * validation part are left out of training, so that targets that look ahead don't leak. Rows of
 * one time stay together.
 *
 * @throws {UsageError} unless there is at least one fold; {InputError} where a part comes out empty.
 */
export function timeFolds(times: ArrayLike<number>, folds: number, gap = 0): TimeFold[] {
  if (!Number.isInteger(folds) || folds < 1) {
    throw new UsageError(`folds: found ${folds}, expected a whole number from 1`);
  }
  const order = Uint32Array.from({ length: times.length }, (_, i) => i)
    .sort((a, b) => times[a] - times[b] || a - b);
  const cut = (part: number) => {
    let at = Math.floor((order.length * part) / (folds + 1));
    while (at > 0 && at < order.length && times[order[at]] === times[order[at - 1]]) at++;
    return at;
  };
  return Array.from({ length: folds }, (_, k) => {
    const validation = order.slice(cut(k + 1), cut(k + 2));
    const start = times[validation[0]];
    const train = order.slice(0, cut(k + 1)).filter((i) => times[i] <= start - gap);
    if (train.length < 2 || validation.length === 0) {
      throw new InputError({
        field: "time",
        found: `${train.length} training and ${validation.length} validation rows in a fold`,
        expected: `enough rows and times for ${folds} folds`,
      });
    }
    return { train, validation };
  });
}

/** What cross-validation gave. */
export interface CrossValidation {
  metricName: string;
  /** Loss on each fold's validation part. */
  losses: number[];
  mean: number;
  /** Trees kept, by fold: differs where training stopped early. */
  trees: number[];
}

/** Cross-validates options over folds. @throws as `trainBooster`. */
export async function crossValidate(
  data: TrainingData,
  options: Partial<BoosterOptions>,
  { folds, train = trainBooster }: { folds: readonly TimeFold[]; train?: TrainFunction },
): Promise<CrossValidation> {
  const losses: number[] = [];
  const trees: number[] = [];
  let metricName = "";
  for (const fold of folds) {
    const validation = rowsOf(data, fold.validation);
    const booster = await train(rowsOf(data, fold.train), options, { validation });
    const score = booster.predictScores(validation.x);
    const { y: target, weight = new Float64Array(0) } = validation;
    metricName = booster.metrics.name;
    trees.push(booster.trees.length);
    losses.push(lossOf(booster.loss).metric({ score, target, weight }));
  }
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return { metricName, losses, mean, trees };
}

/** Values to draw from, for each option that is searched. */
export type SearchSpace = {
  [K in keyof BoosterOptions]?: readonly BoosterOptions[K][];
};

/** One draw of a search. */
export interface SearchTrial {
  options: Partial<BoosterOptions>;
  result: CrossValidation;
}

/**
 * Random search (Bergstra and Bengio, 2012): `trials` different draws of options, each
 * cross-validated; best mean loss first. Fewer trials where the space holds fewer combinations.
 */
export async function randomSearch(
  data: TrainingData,
  space: SearchSpace,
  task: {
    folds: readonly TimeFold[];
    trials: number;
    rng: Rng;
    /** Options that are not searched. */
    base?: Partial<BoosterOptions>;
    train?: TrainFunction;
    progress?: ProgressFactory;
  },
): Promise<SearchTrial[]> {
  const draws = drawOptions(space, task.trials, task.rng);
  const progress = (task.progress ?? silentProgress)("searching options", draws.length);
  const trials: SearchTrial[] = [];
  try {
    for (const options of draws) {
      const result = await crossValidate(data, { ...task.base, ...options }, task);
      trials.push({ options, result });
      const best = Math.min(...trials.map((trial) => trial.result.mean));
      progress.update(trials.length, `best ${result.metricName} ${best.toPrecision(4)}`);
    }
  } finally {
    progress.stop();
  }
  return trials.sort((a, b) => a.result.mean - b.result.mean);
}

function drawOptions(space: SearchSpace, trials: number, rng: Rng): Partial<BoosterOptions>[] {
  const entries = (Object.entries(space) as [string, readonly unknown[]][])
    .map(([name, values]) => [name, [...new Set(values)]] as const);
  const combinations = entries.reduce((product, [, values]) => product * values.length, 1);
  const drawn = new Map<string, Partial<BoosterOptions>>();
  while (drawn.size < Math.min(trials, combinations)) {
    const options = Object.fromEntries(
      entries.map(([name, values]) => [name, values[rng.int(values.length)]]),
    );
    drawn.set(JSON.stringify(options), options as Partial<BoosterOptions>);
  }
  return [...drawn.values()];
}

function rowsOf(data: TrainingData, rows: Uint32Array): TrainingData {
  const pick = (from: Float64Array) => Float64Array.from(rows, (r) => from[r]);
  return {
    featureNames: data.featureNames,
    x: takeRows(data.x, rows),
    y: pick(data.y),
    ...(data.weight && { weight: pick(data.weight) }),
  };
}
