import { DAY_MS, type ProgressFactory, type Rng, seededRng, silentProgress } from "../core/mod.ts";
import {
  type Booster,
  type Matrix,
  trainBooster,
  trainQuantiles,
  weightedQuantile,
} from "../gbt/mod.ts";
import {
  type FeatureTable,
  labelledRows,
  QUANTILE_LEVELS,
  SPLIT_DEFAULTS,
  splitByTime,
  tableAtHorizon,
  takeTableRows,
  timeRange,
  type TimeSplit,
} from "../liquidity/mod.ts";
import { needs } from "./baseline_fit.ts";
import { conformalFactors } from "./calibration.ts";
import {
  baselineForecasters,
  compareForecasters,
  fittedBaseline,
  rowForecaster,
} from "./comparison.ts";
import { ForecastModel, horizonText, type ModelParts } from "./forecast_model.ts";
import type { ModelMeta } from "./model_file.ts";
import { NeedHurdle } from "./need_hurdle.ts";
import { ownNeedSat, type Side, SIDES } from "./reference_scale.ts";
import { Scaler } from "./scaler.ts";
import { pinballLoss } from "./scores.ts";
import { checkSplit, isEnough, matrixOf, thinned } from "./training_rows.ts";
import {
  feesUnitMsat,
  feesWeight,
  fromTarget,
  relativeUnit,
  TARGET_SCALES,
  type TargetScale,
  toTarget,
} from "./target_scale.ts";

/** How {@linkcode trainForecastModel} trains. */
export interface TrainOptions {
  /** Name of the model and, with `.json`, of its file. */
  id: string;
  /** When it was made, Unix ms. */
  createdMs: number;
  /** Stages at most, of each booster. */
  trees: number;
  leaves: number;
  learningRate: number;
  minSamplesLeaf: number;
  /** Shares of the rows and of the features that a tree sees. */
  rowFraction: number;
  columnFraction: number;
  earlyStoppingRounds: number;
  /** Rows to learn from at most; of more, every second, third, ... is taken. */
  maxRows: number;
  seed: number;
  /** Share of the rows, the newest, that only report; 0 where others judge the model. */
  testShare: number;
  /** Scale of the targets; the better one on the later part when left out. */
  scale?: TargetScale;
  /** Id of the model that this one may replace. */
  parent: string | null;
  progress: ProgressFactory;
}

/** Values of {@linkcode TrainOptions} where none is given. */
export const TRAIN_DEFAULTS = {
  trees: 200,
  leaves: 8,
  learningRate: 0.05,
  minSamplesLeaf: 40,
  rowFraction: 0.6,
  columnFraction: 0.4,
  earlyStoppingRounds: 20,
  maxRows: 60_000,
  seed: 1,
  testShare: SPLIT_DEFAULTS.testShare,
  parent: null,
  progress: silentProgress,
} satisfies Omit<TrainOptions, "id" | "createdMs">;

/** What a training gives. */
export interface TrainedModel {
  model: ForecastModel;
  scaler: Scaler;
}

/**
 * Trains a model on a table: boosters for the quantiles of both needs and for the fees at stake,
 * stopped early and calibrated on the later part of the time, scored on the latest part and on
 * held-out nodes beside the baselines. The model that is scored is the one that is returned.
 *
 * @throws {InputError} where the labelled rows span too little time to be divided, or are too few
 */
export function trainForecastModel(
  table: FeatureTable,
  options: Pick<TrainOptions, "id" | "createdMs"> & Partial<TrainOptions>,
): TrainedModel {
  const settings = { ...TRAIN_DEFAULTS, ...options };
  const { model, scaler } = new Training(table, settings).run();
  const { scale } = model.meta;
  const further = furtherTables(table, settings.testShare).map((other) =>
    new Training(other, { ...settings, scale, maxRows: settings.maxRows / FURTHER_ROWS }).run()
      .model
  );
  return { model: new ForecastModel(model.meta, { ...model.parts, further }), scaler };
}

/** The table at each further horizon of which it has enough. */
function furtherTables(table: FeatureTable, testShare: number): FeatureTable[] {
  return table.further.map((labels) => tableAtHorizon(table, labels)).filter((other) =>
    isEnough(other, splitByTime(other, { testShare }))
  );
}

/** Further horizons learn from this many times fewer rows at most. */
const FURTHER_ROWS = 2;

const BASELINE_MEMORY_MS = 365 * DAY_MS;
/** Of training rows with a past need, the share that the trees have seen enough of. */
const REACH_SHARE = 0.95;
/** The level at which target scales are compared. */
const SCALE_LEVEL = 0.9;

class Training {
  readonly split: TimeSplit;
  readonly trainRows: readonly number[];
  readonly needs: Record<Side, Float64Array>;
  readonly rng: Rng;
  readonly trainX: Matrix;
  readonly validationX: Matrix;

  constructor(readonly table: FeatureTable, readonly options: TrainOptions) {
    this.split = splitByTime(table, { testShare: options.testShare });
    checkSplit(table, this.split);
    this.needs = { outbound: needs(table, "outbound"), inbound: needs(table, "inbound") };
    this.rng = seededRng(options.seed).fork("train");
    this.trainRows = thinned(this.split.train, options.maxRows);
    this.trainX = matrixOf(table, this.trainRows);
    this.validationX = matrixOf(table, this.split.validation);
  }

  run(): TrainedModel {
    const { options } = this;
    const bar = options.progress(
      `training ${horizonText(this.table.horizonMs)}`,
      TARGET_SCALES.length + 4,
    );
    try {
      let done = 0;
      const step = <T>(note: string, work: () => T): T => {
        bar.update(done++, note);
        return work();
      };
      const scale = options.scale ?? this.#betterScale(step);
      const parts: ModelParts = {
        outbound: step("outbound needs", () => this.#quantiles("outbound", scale)),
        inbound: step("inbound needs", () => this.#quantiles("inbound", scale)),
        fees: step("fees at stake", () => this.#fees()),
        hurdles: step("needs in two steps", () => this.#hurdles()),
        further: [],
      };
      const bare = new ForecastModel(this.#meta(scale), parts);
      const scaler = Scaler.fit(this.table, this.trainRows);
      return { model: this.#measured(this.#calibrated(bare)), scaler };
    } finally {
      bar.stop();
    }
  }

  #betterScale(step: (note: string, work: () => number) => number): TargetScale {
    const probes = TARGET_SCALES.map((scale) =>
      step(`trying the ${scale} scale`, () => this.#probe(scale))
    );
    return TARGET_SCALES[probes.indexOf(Math.min(...probes))];
  }

  #target(side: Side, rows: readonly number[], scale: TargetScale) {
    const need = this.needs[side];
    const y = new Float64Array(rows.length);
    const weight = new Float64Array(rows.length);
    rows.forEach((row, i) => {
      const target = toTarget(scale, need[row], this.#context(side, row));
      y[i] = target.value;
      weight[i] = target.weight;
    });
    return { y, weight };
  }

  #context(side: Side, row: number) {
    const { x: data, horizonMs, featureNames } = this.table;
    return { side, data, offset: row * featureNames.length, horizonMs };
  }

  #data(side: Side, scale: TargetScale) {
    const train = { x: this.trainX, ...this.#target(side, this.trainRows, scale) };
    const validation = {
      x: this.validationX,
      ...this.#target(side, this.split.validation, scale),
    };
    return { train: { ...train, featureNames: [...this.table.featureNames] }, validation };
  }

  #boosterOptions() {
    const { options } = this;
    return {
      trees: options.trees,
      leaves: options.leaves,
      learningRate: options.learningRate,
      minSamplesLeaf: options.minSamplesLeaf,
      rowFraction: options.rowFraction,
      columnFraction: options.columnFraction,
      earlyStoppingRounds: options.earlyStoppingRounds,
      constant: "accept",
    } as const;
  }

  /** Validation loss in satoshis of one high quantile of both needs, with the target so scaled. */
  #probe(scale: TargetScale): number {
    let loss = 0;
    for (const side of SIDES) {
      const { train, validation } = this.#data(side, scale);
      const booster = trainBooster(
        train,
        { ...this.#boosterOptions(), loss: { pinball: SCALE_LEVEL } },
        { validation, rng: this.rng.fork(`${scale}/${side}`) },
      );
      const predicted = booster.predict(this.validationX);
      const need = this.needs[side];
      this.split.validation.forEach((row, i) => {
        const sat = fromTarget(scale, predicted[i], this.#context(side, row));
        loss += pinballLoss(SCALE_LEVEL, need[row], sat);
      });
    }
    return loss;
  }

  #quantiles(side: Side, scale: TargetScale) {
    const { train, validation } = this.#data(side, scale);
    const extras = { validation, rng: this.rng.fork(side) };
    return trainQuantiles(train, QUANTILE_LEVELS, this.#boosterOptions(), extras);
  }

  #hurdles(): ModelParts["hurdles"] {
    const rows = (side: Side, which: readonly number[], x: Matrix) => ({
      x,
      need: Float64Array.from(which, (row) => this.needs[side][row]),
      unit: Float64Array.from(which, (row) => relativeUnit(this.#context(side, row))),
    });
    const [outbound, inbound] = SIDES.map((side) =>
      NeedHurdle.train(
        {
          ...rows(side, this.trainRows, this.trainX),
          featureNames: [...this.table.featureNames],
        },
        rows(side, this.split.validation, this.validationX),
        this.#boosterOptions(),
        this.rng.fork(`hurdle/${side}`),
      )
    );
    return outbound && inbound && { outbound, inbound };
  }

  /** Of what is learned from, the newest year: what the baseline is fitted on, as a fair one would be. */
  #newestRows(): number[] {
    const rows = [...this.split.train, ...this.split.validation];
    const [, newestMs] = timeRange(this.table, rows);
    return rows.filter((row) => this.table.timeMs[row] > newestMs - BASELINE_MEMORY_MS);
  }

  /** What nearly all training rows' own past needs stay below. */
  #reachSat(side: Side): number {
    const { x, horizonMs, featureNames } = this.table;
    const own = Float64Array.from(
      this.trainRows,
      (row) => ownNeedSat(side, x, { offset: row * featureNames.length, horizonMs }),
    ).filter((sat) => sat > 0);
    return own.length === 0
      ? Infinity
      : weightedQuantile(own, REACH_SHARE, new Float64Array(own.length).fill(1));
  }

  /**
   * Fees: the mean counts and the tail is long, so a Poisson loss, which any target of 0 or more may
   * have. The trees must beat the channel's own past on the validation part.
   */
  #fees(): Booster | undefined {
    const train = this.#feesTarget(this.trainRows);
    const validation = { x: this.validationX, ...this.#feesTarget(this.split.validation) };
    if (!train.y.some((multiple) => multiple > 0)) return undefined;
    const booster = trainBooster(
      { x: this.trainX, ...train, featureNames: [...this.table.featureNames] },
      { ...this.#boosterOptions(), loss: "poisson" },
      { validation, rng: this.rng.fork("fees") },
    );
    const past = validation.y.map(() => 1);
    const learned = booster.predict(this.validationX);
    return poissonLoss(validation, learned) < poissonLoss(validation, past) ? booster : undefined;
  }

  #feesTarget(rows: readonly number[]) {
    const { x, featureNames, feesAtStakeMsat, horizonMs } = this.table;
    const units = Float64Array.from(
      rows,
      (row) => feesUnitMsat({ data: x, offset: row * featureNames.length, horizonMs }),
    );
    return {
      y: units.map((unit, i) => feesAtStakeMsat[rows[i]] / unit),
      weight: units.map(feesWeight),
    };
  }

  #meta(scale: TargetScale): ModelMeta {
    const { table, options, split } = this;
    const rows = labelledRows(table);
    const [fromMs, toMs] = timeRange(table, rows);
    const ones = QUANTILE_LEVELS.map(() => 1);
    return {
      id: options.id,
      createdMs: options.createdMs,
      horizonMs: table.horizonMs,
      scale,
      calibration: { outbound: ones, inbound: ones },
      reachSat: { outbound: this.#reachSat("outbound"), inbound: this.#reachSat("inbound") },
      baselineFactors: mutable(fittedBaseline(table, this.#newestRows()).factors),
      data: {
        fromMs,
        toMs,
        rows: rows.length,
        trainRows: this.trainRows.length,
        validationRows: split.validation.length,
        nodes: new Set(rows.map((row) => table.nodes[row])).size,
        channels: new Set(rows.map((row) => `${table.nodes[row]}/${table.channelIds[row]}`)).size,
      },
      parameters: { ...this.#boosterOptions() },
      seed: options.seed,
      parent: options.parent,
      scaler: `${options.id.replace(/^model/, "scaler")}.json`,
      metrics: { test: {}, heldOutNodes: {} },
    };
  }

  #calibrated(model: ForecastModel): ForecastModel {
    const factors = (side: Side) => {
      const actual = this.needs[side];
      return conformalFactors(
        model.rawNeeds(side, this.validationX).levels,
        Float64Array.from(this.split.validation, (row) => actual[row]),
      );
    };
    const calibration = { outbound: factors("outbound"), inbound: factors("inbound") };
    return new ForecastModel({ ...model.meta, calibration }, model.parts);
  }

  #measured(model: ForecastModel): ForecastModel {
    const { test, heldOutNodes } = this.split;
    const metrics = {
      test: this.#scores(model, test),
      heldOutNodes: this.#scores(model, heldOutNodes),
    };
    return new ForecastModel({ ...model.meta, metrics }, model.parts);
  }

  /** The baselines are fitted on what came before the rows they are judged on, as the model was. */
  #scores(model: ForecastModel, rows: readonly number[]) {
    if (rows.length === 0) return {};
    const { table, split } = this;
    const baselines = baselineForecasters(table, [...split.train, ...split.validation]);
    const part = takeTableRows(table, rows);
    const { forecast } = rowForecaster("model", model, part);
    const places = new Map(rows.map((row, i) => [row, i]));
    const ours = { name: "model", forecast: (row: number) => forecast(places.get(row)!) };
    return compareForecasters(table, rows, [ours, ...baselines]);
  }
}

function poissonLoss(
  { y, weight }: { y: Float64Array; weight: Float64Array },
  forecast: Float64Array,
): number {
  return y.reduce(
    (sum, value, i) => sum + weight[i] * (forecast[i] - value * Math.log(forecast[i])),
    0,
  );
}

function mutable(factors: Record<Side, readonly number[]>) {
  return { outbound: [...factors.outbound], inbound: [...factors.inbound] };
}
