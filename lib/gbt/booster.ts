import { createHash } from "node:crypto";
import { InputError } from "../core/mod.ts";
import { BlockPredictor, MIN_BLOCK_ROWS } from "./block_predictor.ts";
import { flatScore, flattenTrees, type FlatTrees } from "./flat_trees.ts";
import { gainImportance, splitImportance } from "./importance.ts";
import { type Loss, lossOf } from "./loss.ts";
import type { Matrix } from "./matrix.ts";
import { type LossSpec, parseLossSpec } from "./options.ts";
import type { Tree } from "./tree.ts";
import { treeFromCart, treeToCart } from "./tree_json.ts";

/** Loss after every stage; less is better. */
export interface StageMetrics {
  /** What is measured: `rmse`, `pinball`. */
  name: string;
  /** Empty unless asked for. */
  training: number[];
  /** Empty without a validation set. May go on beyond the trees kept, where training went on. */
  validation: number[];
}

/** Everything a booster consists of. */
export interface BoosterParts {
  featureNames: readonly string[];
  loss: LossSpec;
  /** Score before the first tree. */
  initialScore: number;
  /** Values with the learning rate in them. */
  trees: readonly Tree[];
  minSamplesLeaf: number;
  metrics: StageMetrics;
}

const FORMAT = "lightning-lens/booster";
const VERSION = 1;

/**
 * An ensemble of trees whose values add up to a score.
 *
 * @example
 * ```ts
 * import { Booster, matrixFromRows, trainBooster } from "../../lib/gbt/mod.ts";
 * const x = matrixFromRows(Array.from({ length: 100 }, (_, i) => [i]));
 * const y = Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 : 3));
 * const booster = trainBooster({ x, y, featureNames: ["age"] }, { minSamplesLeaf: 5 });
 * const copy = Booster.fromJSON(JSON.parse(JSON.stringify(booster)));
 * if (copy.predictRow([10]) !== booster.predictRow([10])) throw new Error("bit by bit the same");
 * ```
 */
export class Booster {
  readonly featureNames: readonly string[];
  readonly loss: LossSpec;
  readonly initialScore: number;
  readonly trees: readonly Tree[];
  readonly metrics: StageMetrics;
  /** Fewest rows of a leaf in training. */
  readonly minSamplesLeaf: number;
  readonly #loss: Loss;
  #flat?: FlatTrees;
  /** By width of number. */
  readonly #blocks: { 32?: BlockPredictor; 64?: BlockPredictor } = {};

  constructor(parts: BoosterParts) {
    this.featureNames = parts.featureNames;
    this.loss = parts.loss;
    this.initialScore = parts.initialScore;
    this.trees = parts.trees;
    this.metrics = parts.metrics;
    this.minSamplesLeaf = parts.minSamplesLeaf;
    this.#loss = lossOf(parts.loss);
  }

  /** The trees laid out for prediction. */
  get flat(): FlatTrees {
    return this.#flat ??= flattenTrees(this.trees);
  }

  /** One prediction a row. @throws {InputError} for another number of columns. */
  predict(x: Matrix): Float64Array<ArrayBuffer> {
    const scores = this.predictScores(x);
    if (this.loss === "logistic" || this.loss === "poisson") {
      for (let r = 0; r < scores.length; r++) scores[r] = this.#loss.link(scores[r]);
    }
    return scores;
  }

  /** One score (before the link) a row. @throws {InputError} for another number of columns. */
  predictScores(x: Matrix): Float64Array<ArrayBuffer> {
    this.#checkColumns(x.columns);
    const scores = new Float64Array(x.rows);
    const { flat, initialScore } = this;
    const isMany = x.rows >= MIN_BLOCK_ROWS && this.trees.length > 0;
    const block = isMany && this.#blockPredictor(x);
    if (block) {
      scores.fill(initialScore);
      block.addScores(x, scores);
      return scores;
    }
    for (let r = 0; r < x.rows; r++) {
      scores[r] = flatScore(flat, x.data, r * x.columns, initialScore);
    }
    return scores;
  }

  /** The prediction for one row. @throws {InputError} for another number of values. */
  predictRow(row: ArrayLike<number>): number {
    this.#checkColumns(row.length);
    return this.#loss.link(flatScore(this.flat, row, 0, this.initialScore));
  }

  /**
   * Predictions for a table whose columns have names.
   *
   * @throws {InputError} where they aren't the booster's features in their order.
   */
  predictTable(table: { x: Matrix; featureNames: readonly string[] }): Float64Array<ArrayBuffer> {
    this.checkFeatures(table.featureNames);
    return this.predict(table.x);
  }

  /** @throws {InputError} naming the first feature that is missing, unknown or out of place. */
  checkFeatures(names: readonly string[]): void {
    this.featureNames.forEach((name, i) => {
      if (names[i] === name) return;
      const found = names.includes(name) ? `it in place ${names.indexOf(name) + 1}` : "no such one";
      throw new InputError({
        field: name,
        found,
        expected: `this feature in place ${i + 1}, as in training`,
      });
    });
    if (names.length > this.featureNames.length) {
      throw new InputError({
        field: names[this.featureNames.length],
        expected: `the ${this.featureNames.length} features of the training only`,
      });
    }
  }

  #blockPredictor({ data, columns }: Matrix): BlockPredictor | undefined {
    const bits = data instanceof Float32Array ? 32 : 64;
    return this.#blocks[bits] ??= BlockPredictor.create(this.flat, columns, bits);
  }

  #checkColumns(columns: number): void {
    const { length } = this.featureNames;
    if (columns !== length) {
      throw new InputError({
        field: "features",
        found: columns,
        expected: `${length}, as in training`,
      });
    }
  }

  /**
   * Importance of every feature: `gain` is the sum of its splits' gains, `split` their number.
   * In the order of the features.
   */
  importance(kind: "gain" | "split" = "gain"): { feature: string; importance: number }[] {
    const of = kind === "gain" ? gainImportance : splitImportance;
    const sums = of(this.trees, this.featureNames.length);
    return this.featureNames.map((feature, i) => ({ feature, importance: sums[i] }));
  }

  /** The model file: trees in ml-cart's form, and a checksum over everything else. */
  toJSON(): Record<string, unknown> {
    const body = {
      format: FORMAT,
      version: VERSION,
      loss: this.loss,
      initialScore: this.initialScore,
      featureNames: this.featureNames,
      metrics: this.metrics,
      minSamplesLeaf: this.minSamplesLeaf,
      trees: this.trees.map((tree) => treeToCart(tree, this.minSamplesLeaf)),
    };
    return { ...body, checksum: checksumOf(body) };
  }

  /**
   * A booster from what {@linkcode Booster.toJSON} gave.
   *
   * @throws {InputError} for another format, a later version, a member that is missing or wrong,
   * or content that isn't what the checksum was made of.
   */
  static fromJSON(value: unknown): Booster {
    const model = modelObject(value);
    const { featureNames, initialScore, minSamplesLeaf, trees } = model;
    if (!Array.isArray(featureNames) || !featureNames.every((name) => typeof name === "string")) {
      throw new InputError({
        field: "featureNames",
        found: featureNames,
        expected: "a list of names",
      });
    }
    if (typeof initialScore !== "number") {
      throw new InputError({ field: "initialScore", found: initialScore, expected: "a number" });
    }
    if (typeof minSamplesLeaf !== "number") {
      throw new InputError({
        field: "minSamplesLeaf",
        found: minSamplesLeaf,
        expected: "a number",
      });
    }
    if (!Array.isArray(trees)) {
      throw new InputError({ field: "trees", found: trees, expected: "a list of trees" });
    }
    const booster = new Booster({
      featureNames,
      loss: parseLossSpec(model.loss),
      initialScore,
      trees: trees.map((tree, i) => treeFromCart(tree, featureNames.length, `trees[${i}]`)),
      minSamplesLeaf,
      metrics: parseMetrics(model.metrics),
    });
    const { checksum, ...body } = model;
    if (checksum !== checksumOf(body)) {
      throw new InputError({
        field: "checksum",
        found: checksum,
        expected: "the checksum of the content: the file was changed after it was written",
      });
    }
    return booster;
  }
}

function modelObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) {
    throw new InputError({ found: value, expected: "a model file" });
  }
  const model = value as Record<string, unknown>;
  if (model.format !== FORMAT) {
    throw new InputError({ field: "format", found: model.format, expected: FORMAT });
  }
  if (model.version !== VERSION) {
    throw new InputError({
      field: "version",
      found: model.version,
      expected: `version ${VERSION}: this program reads no other`,
    });
  }
  return model;
}

function parseMetrics(value: unknown): StageMetrics {
  const { name, training, validation } = (value ?? {}) as Partial<StageMetrics>;
  if (typeof name === "string" && isNumbers(training) && isNumbers(validation)) {
    return { name, training, validation };
  }
  throw new InputError({ field: "metrics", found: value, expected: "the losses by stage" });
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** SHA-256 over the JSON of a value whose members keep their order. */
function checksumOf(body: unknown): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(body)).digest("hex")}`;
}
