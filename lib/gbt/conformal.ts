import { InputError } from "../core/mod.ts";

/** Lower and upper ends, one a row. */
export interface Intervals {
  lower: Float64Array;
  upper: Float64Array;
}

/**
 * Widens intervals by what they miss on data that was held out (split conformal prediction;
 * conformalised quantile regression: Romano, Patterson and Candès, 2019). If rows are exchangeable,
 * a new row's target lies within its interval with a probability of at least `coverage`.
 *
 * @example
 * ```ts
 * import { ConformalIntervals } from "../../lib/gbt/mod.ts";
 * const predicted = new Float64Array(99);
 * const targets = Float64Array.from({ length: 99 }, (_, i) => i - 49);
 * const intervals = ConformalIntervals.fit({ lower: predicted, upper: predicted }, targets, 0.9);
 * if (intervals.margin !== 45) throw new Error("90 of 99 targets are within 45");
 * ```
 */
export class ConformalIntervals {
  /** @param margin Added at both ends; negative where intervals were too wide. */
  constructor(readonly coverage: number, readonly margin: number) {}

  /**
   * The margin that covers enough of the calibration rows. For plain predictions give them as
   * both ends.
   *
   * @param coverage Between 0 and 1.
   * @throws {InputError} for too few rows to promise that coverage, or lengths that differ.
   */
  static fit(predicted: Intervals, targets: Float64Array, coverage: number): ConformalIntervals {
    const n = targets.length;
    if (predicted.lower.length !== n || predicted.upper.length !== n) {
      throw new InputError({
        field: "targets",
        found: n,
        expected: `${predicted.lower.length}, one a prediction`,
      });
    }
    // One more than the rows: the new row is as likely to have any rank among them all.
    const rank = Math.ceil((n + 1) * coverage);
    if (rank > n || rank < 1) {
      throw new InputError({
        field: "rows",
        found: n,
        expected: `at least ${Math.ceil(coverage / (1 - coverage))} to cover ${coverage}`,
      });
    }
    const misses = targets.map((y, r) => Math.max(predicted.lower[r] - y, y - predicted.upper[r]));
    return new ConformalIntervals(coverage, misses.sort()[rank - 1]);
  }

  /** Intervals with the margin; where it would turn one inside out, both ends meet in the middle. */
  apply({ lower, upper }: Intervals): Intervals {
    const result = { lower: lower.slice(), upper: upper.slice() };
    for (let r = 0; r < lower.length; r++) {
      const low = lower[r] - this.margin;
      const high = upper[r] + this.margin;
      result.lower[r] = low <= high ? low : (low + high) / 2;
      result.upper[r] = low <= high ? high : (low + high) / 2;
    }
    return result;
  }

  toJSON(): { coverage: number; margin: number } {
    return { coverage: this.coverage, margin: this.margin };
  }

  /** @throws {InputError} for anything but what `toJSON` gave. */
  static fromJSON(value: unknown): ConformalIntervals {
    const { coverage, margin } = (value ?? {}) as Record<string, unknown>;
    if (typeof coverage !== "number" || typeof margin !== "number") {
      throw new InputError({ field: "conformal", found: value, expected: "coverage and margin" });
    }
    return new ConformalIntervals(coverage, margin);
  }
}

/** Share of targets within their interval, 0 to 1; NaN for none. */
export function coverageOf({ lower, upper }: Intervals, targets: Float64Array): number {
  let inside = 0;
  targets.forEach((y, r) => inside += Number(y >= lower[r] && y <= upper[r]));
  return inside / targets.length;
}
