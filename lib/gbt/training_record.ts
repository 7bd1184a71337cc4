import type { Progress } from "../core/mod.ts";
import { Booster } from "./booster.ts";
import { type Loss, lossOf } from "./loss.ts";
import type { BoosterOptions } from "./options.ts";
import type { LabelledData } from "./training_data.ts";
import { addTreeScores, type Tree } from "./tree.ts";

/** Gathers the trees of a training, measures them on the validation set and says when to stop. */
export class TrainingRecord {
  readonly #start: Booster;
  readonly #options: BoosterOptions;
  readonly #loss: Loss;
  readonly #progress: Progress;
  readonly #validation?: LabelledData & { scores: Float64Array };
  readonly #trees: Tree[] = [];
  readonly #training: number[] = [];
  readonly #validationLoss: number[] = [];
  #bestCount = 0;
  #bestLoss = Infinity;

  constructor(
    from: {
      start: Booster;
      options: BoosterOptions;
      validation: LabelledData | undefined;
      progress: Progress;
    },
  ) {
    this.#start = from.start;
    this.#options = from.options;
    this.#loss = lossOf(from.options.loss);
    this.#progress = from.progress;
    if (from.validation) {
      const scores = from.start.predictScores(from.validation.x);
      this.#validation = { ...from.validation, scores };
      this.#bestLoss = this.#measure(this.#validation);
    }
  }

  /** Takes the next tree. Returns whether training is over. */
  add(tree: Tree, trainingMetric: number): boolean {
    this.#trees.push(tree);
    if (!Number.isNaN(trainingMetric)) this.#training.push(trainingMetric);
    this.#progress.update(this.#trees.length);
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

  #measure({ scores, y, weight }: LabelledData & { scores: Float64Array }): number {
    return this.#loss.metric({ score: scores, target: y, weight: weight ?? new Float64Array(0) });
  }

  stop(): void {
    this.#progress.stop();
  }

  /** The booster of the trees up to the best stage, where that is looked for, else of all. */
  booster(): Booster {
    const isStopping = this.#validation && this.#options.earlyStoppingRounds > 0;
    const kept = isStopping ? this.#trees.slice(0, this.#bestCount) : this.#trees;
    const before = this.#start.metrics;
    return new Booster({
      featureNames: this.#start.featureNames,
      loss: this.#options.loss,
      initialScore: this.#start.initialScore,
      trees: [...this.#start.trees, ...kept],
      minSamplesLeaf: this.#options.minSamplesLeaf,
      metrics: {
        name: this.#loss.metricName,
        training: [...before.training, ...this.#training],
        validation: [...before.validation, ...this.#validationLoss],
      },
    });
  }
}
