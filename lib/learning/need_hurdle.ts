import { InputError, type Rng } from "../core/mod.ts";
import { Booster, type BoosterOptions, type Matrix, sigmoid, trainBooster } from "../gbt/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { LEAST_NEED_SAT } from "./forecaster.ts";

/** Rows with a need, of which a distribution of sizes is learned and measured, at least. */
const LEAST_TRAINED = 200;
const LEAST_MEASURED = 50;
/** Steps in which the distribution of the residuals is kept. */
const STEPS = 100;

/** Needs of some rows, and what each is measured by. */
export interface HurdleRows {
  x: Matrix;
  /** Sat, by row. */
  need: Float64Array;
  /** Sat, above 0, by row: sizes are learned as multiples of it. */
  unit: Float64Array;
}

/** What a {@linkcode NeedHurdle} says of rows. */
export interface HurdleForecast {
  /** Chance of no need to speak of, by row, 0 to 1. */
  none: Float64Array;
  /** One array a level of `QUANTILE_LEVELS`, sat, by row. */
  quantiles: Float64Array[];
}

/**
 * A need in two steps: whether there is any, and how large it then is. Most windows of most channels
 * need nothing, so the quantiles of the whole hang on the chance that there is any; one logistic
 * booster learns it from all rows, where a booster for each quantile sees only which side of it a row
 * is on. Sizes are log-normal about a second booster, but for the distribution of the residuals, which
 * is that of later rows than those trained on: split-conformal, on a logarithmic scale.
 */
export class NeedHurdle {
  /**
   * @param shift added to the log-odds of a need, so that later rows have as many as forecast
   * @param residuals natural logarithms, ascending: quantiles in equal steps from 0 to 1
   */
  constructor(
    readonly any: Booster,
    readonly size: Booster,
    readonly shift: number,
    readonly residuals: readonly number[],
  ) {}

  /** Undefined where too few rows have a need. */
  static train(
    train: HurdleRows & { featureNames: string[] },
    validation: HurdleRows,
    options: Partial<BoosterOptions>,
    rng: Rng,
  ): NeedHurdle | undefined {
    const [trained, measured] = [train, validation].map(positiveRows);
    if (trained.y.length < LEAST_TRAINED || measured.y.length < LEAST_MEASURED) return undefined;
    const { featureNames } = train;
    const any = trainBooster(
      { x: train.x, y: hasNeed(train.need), featureNames },
      { ...options, loss: "logistic" },
      { validation: { x: validation.x, y: hasNeed(validation.need) }, rng: rng.fork("any") },
    );
    const size = trainBooster(
      { x: trained.x, y: trained.y, featureNames },
      { ...options, loss: "squared" },
      { validation: { x: measured.x, y: measured.y }, rng: rng.fork("size") },
    );
    const expected = size.predict(measured.x);
    const misses = measured.y.map((y, i) => y - expected[i]).sort();
    const residuals = Array.from(
      { length: STEPS + 1 },
      (_, i) => misses[Math.min(misses.length - 1, Math.floor(i / STEPS * misses.length))],
    );
    const shift = logOddsShift(any.predict(validation.x), hasNeed(validation.need));
    return new NeedHurdle(any, size, shift, residuals);
  }

  /** @param unit sat by row, as in training */
  predict(x: Matrix, unit: Float64Array): HurdleForecast {
    const none = this.any.predict(x).map((p) => 1 - sigmoid(logit(p) + this.shift));
    const size = this.size.predict(x);
    const quantiles = QUANTILE_LEVELS.map((level) =>
      none.map((chance, row) => {
        const within = (level - chance) / (1 - chance);
        return within <= 0 ? 0 : unit[row] * Math.exp(size[row] + this.#residual(within));
      })
    );
    return { none, quantiles };
  }

  /** The residual that a share of needs stays below, linear between the steps. */
  #residual(share: number): number {
    const at = Math.min(1, share) * STEPS;
    const low = Math.min(STEPS - 1, Math.floor(at));
    return this.residuals[low] + (at - low) * (this.residuals[low + 1] - this.residuals[low]);
  }

  toJSON(): Record<string, unknown> {
    return { any: this.any, size: this.size, shift: this.shift, residuals: this.residuals };
  }

  /** @throws {InputError} for anything but what `toJSON` gave. */
  static fromJSON(value: unknown): NeedHurdle {
    const { any, size, shift, residuals } = (value ?? {}) as Record<string, unknown>;
    if (
      typeof shift !== "number" || !Array.isArray(residuals) || residuals.length !== STEPS + 1 ||
      !residuals.every((residual) => typeof residual === "number")
    ) {
      throw new InputError({ field: "residuals", expected: `${STEPS + 1} numbers and a shift` });
    }
    return new NeedHurdle(Booster.fromJSON(any), Booster.fromJSON(size), shift, residuals);
  }
}

function hasNeed(need: Float64Array): Float64Array {
  return need.map((sat) => sat >= LEAST_NEED_SAT ? 1 : 0);
}

/** The rows with a need, and the logarithms of their multiples. */
function positiveRows({ x, need, unit }: HurdleRows) {
  const rows: number[] = [];
  need.forEach((sat, row) => {
    if (sat >= LEAST_NEED_SAT) rows.push(row);
  });
  const { columns } = x;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) =>
    data.set(x.data.subarray(row * columns, (row + 1) * columns), i * columns)
  );
  return {
    x: { data, rows: rows.length, columns },
    y: Float64Array.from(rows, (row) => Math.log(need[row] / unit[row])),
  };
}

/** What must be added to all log-odds so that the mean chance is the share observed; by bisection. */
function logOddsShift(chances: Float64Array, observed: Float64Array): number {
  const share = observed.reduce((a, b) => a + b, 0) / observed.length;
  let [low, high] = [-3, 3];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const mean = chances.reduce((sum, p) => sum + sigmoid(logit(p) + middle), 0) / chances.length;
    if (mean < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function logit(chance: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, chance));
  return Math.log(inside / (1 - inside));
}
