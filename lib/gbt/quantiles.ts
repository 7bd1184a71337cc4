import { InputError, UsageError } from "../core/mod.ts";
import { Booster } from "./booster.ts";
import type { Matrix } from "./matrix.ts";
import type { BoosterOptions } from "./options.ts";
import { SharedBins } from "./shared_bins.ts";
import { type TrainingExtras, trainOnBins } from "./trainer.ts";
import type { TrainingData } from "./training_data.ts";

const FORMAT = "lightning-lens/quantiles";

/** One booster a quantile of the same target; predictions never cross. */
export class QuantileBoosters {
  /** @param quantiles Ascending, between 0 and 1; one booster each. */
  constructor(readonly quantiles: readonly number[], readonly boosters: readonly Booster[]) {}

  get featureNames(): readonly string[] {
    return this.boosters[0].featureNames;
  }

  /**
   * One array a quantile with one prediction a row. Where the boosters cross, a row's predictions
   * are put in ascending order, which never makes their pinball loss worse (Chernozhukov,
   * Fernandez-Val and Galichon, 2010).
   */
  predict(x: Matrix): Float64Array[] {
    const predictions = this.boosters.map((booster) => booster.predict(x));
    const row = new Float64Array(predictions.length);
    for (let r = 0; r < x.rows; r++) {
      for (let q = 0; q < row.length; q++) row[q] = predictions[q][r];
      row.sort();
      for (let q = 0; q < row.length; q++) predictions[q][r] = row[q];
    }
    return predictions;
  }

  /** Predictions for one row, ascending. */
  predictRow(row: ArrayLike<number>): Float64Array {
    return Float64Array.from(this.boosters, (booster) => booster.predictRow(row)).sort();
  }

  toJSON(): Record<string, unknown> {
    return { format: FORMAT, version: 1, quantiles: this.quantiles, boosters: this.boosters };
  }

  /** @throws {InputError} as `Booster.fromJSON`, and where quantiles and boosters don't agree. */
  static fromJSON(value: unknown): QuantileBoosters {
    const { format, version, quantiles, boosters } = (value ?? {}) as Record<string, unknown>;
    if (format !== FORMAT) {
      throw new InputError({ field: "format", found: format, expected: FORMAT });
    }
    if (version !== 1) {
      throw new InputError({ field: "version", found: version, expected: "version 1" });
    }
    if (!Array.isArray(boosters) || !Array.isArray(quantiles)) {
      throw new InputError({
        field: "boosters",
        expected: "a list of boosters and their quantiles",
      });
    }
    const read = boosters.map((booster) => Booster.fromJSON(booster));
    const found = read.map(({ loss }) =>
      typeof loss === "object" && "pinball" in loss && loss.pinball
    );
    if (found.length === 0 || found.join() !== quantiles.join()) {
      throw new InputError({
        field: "quantiles",
        found: quantiles,
        expected: `those of the boosters`,
      });
    }
    return new QuantileBoosters(quantiles as number[], read);
  }
}

/**
 * Trains one booster a quantile with the pinball loss.
 *
 * @param quantiles Ascending, between 0 and 1.
 * @throws as `trainBooster`; {UsageError} for quantiles out of order.
 */
export function trainQuantiles(
  data: TrainingData,
  quantiles: readonly number[],
  options: Partial<Omit<BoosterOptions, "loss">> = {},
  extras: Omit<TrainingExtras, "from"> = {},
): QuantileBoosters {
  checkQuantiles(quantiles);
  const shared = new SharedBins();
  const boosters = quantiles.map((pinball) =>
    trainOnBins(data, { ...options, loss: { pinball } }, extras, shared)
  );
  return new QuantileBoosters(quantiles, boosters);
}

/** @throws {UsageError} unless there is at least one and each is above the one before. */
export function checkQuantiles(quantiles: readonly number[]): void {
  const isAscending = quantiles.every((q, i) => q > (quantiles[i - 1] ?? 0) && q < 1);
  if (quantiles.length === 0 || !isAscending) {
    throw new UsageError(
      `quantiles: found ${
        quantiles.join(", ") || "none"
      }, expected ascending numbers between 0 and 1`,
    );
  }
}
