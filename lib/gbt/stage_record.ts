import { type Loss, lossOf } from "./loss.ts";
import type { BoosterOptions } from "./options.ts";
import type { LabelledData } from "./training_data.ts";
import { addTreeScores, type Tree } from "./tree.ts";

/** A validation set and the scores of its rows before the first tree. */
export interface ValidationStart extends LabelledData {
  scores: Float64Array;
}

/** What a training came to. */
export interface StageResult {
  /** All that were grown. */
  trees: Tree[];
  /** How many of them to keep: up to the best stage where that is looked for. */
  keep: number;
  training: number[];
  validation: number[];
}

/** Gathers the trees of a training, measures them on the validation set and says when to stop. */
export class StageRecord {
  readonly #options: BoosterOptions;
  readonly #loss: Loss;
  readonly #validation?: ValidationStart;
  readonly #trees: Tree[] = [];
  readonly #training: number[] = [];
  readonly #validationLoss: number[] = [];
  #bestCount = 0;
  #bestLoss = Infinity;

  constructor(options: BoosterOptions, validation: ValidationStart | undefined) {
    this.#options = options;
    this.#loss = lossOf(options.loss);
    if (validation) {
      this.#validation = { ...validation, scores: validation.scores.slice() };
      this.#bestLoss = this.#measure(this.#validation);
    }
  }

  /** Takes the next tree. Returns whether training is over. */
  add(tree: Tree, trainingMetric: number): boolean {
    this.#trees.push(tree);
    if (!Number.isNaN(trainingMetric)) this.#training.push(trainingMetric);
    const validation = this.#validation;
    if (!validation) return false;
    addTreeScores(tree, validation.x, validation.scores);
    const loss = this.#measure(validation);
    this.#validationLoss.push(loss);
    if (loss < this.#bestLoss) {
      this.#bestLoss = loss;
      this.#bestCount = this.#trees.length;
    }
    const rounds = this.#options.earlyStoppingRounds;
    return rounds > 0 && this.#trees.length - this.#bestCount >= rounds;
  }

  #measure({ scores, y, weight }: ValidationStart): number {
    return this.#loss.metric({ score: scores, target: y, weight: weight ?? new Float64Array(0) });
  }

  result(): StageResult {
    const isStopping = this.#validation && this.#options.earlyStoppingRounds > 0;
    return {
      trees: this.#trees,
      keep: isStopping ? this.#bestCount : this.#trees.length,
      training: this.#training,
      validation: this.#validationLoss,
    };
  }
}
