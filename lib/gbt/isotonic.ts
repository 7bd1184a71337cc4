import { InputError } from "../core/mod.ts";

/** One step of a reliability diagram. */
export interface ReliabilityBin {
  /** Mean of the predicted probabilities. */
  predicted: number;
  /** Share of ones among the outcomes. */
  observed: number;
  count: number;
}

/**
 * Calibrates probabilities by isotonic regression: the rising function of the prediction that is
 * nearest to the outcomes in squares (pool adjacent violators; Ayer and others, 1955), straight
 * between the pools.
 */
export class IsotonicCalibration {
  /** @param x Ascending predictions. @param y Calibrated probabilities, never falling. */
  constructor(readonly x: Float64Array, readonly y: Float64Array) {}

  /**
   * Fits to predictions and outcomes of data that was held out.
   *
   * @param outcomes 0 to 1 each.
   * @throws {InputError} without rows, for lengths that differ or numbers that aren't finite.
   */
  static fit(predictions: Float64Array, outcomes: Float64Array): IsotonicCalibration {
    const n = predictions.length;
    if (n === 0 || outcomes.length !== n) {
      throw new InputError({
        field: "outcomes",
        found: outcomes.length,
        expected: `${n || "some"}`,
      });
    }
    if (!predictions.every(Number.isFinite) || !outcomes.every(Number.isFinite)) {
      throw new InputError({ field: "predictions", found: "NaN", expected: "finite numbers" });
    }
    const order = Uint32Array.from({ length: n }, (_, i) => i)
      .sort((a, b) => predictions[a] - predictions[b]);
    const pools = poolViolators(order, predictions, outcomes);
    const ends = pools.flatMap(({ from, to, sum, count }) =>
      (from === to ? [from] : [from, to]).map((x) => [x, sum / count])
    );
    return new IsotonicCalibration(
      Float64Array.from(ends, ([x]) => x),
      Float64Array.from(ends, ([, y]) => y),
    );
  }

  /** The calibrated probability; beyond the predictions that were fitted, that of the nearest. */
  apply(prediction: number): number {
    const { x, y } = this;
    let low = 0;
    let high = x.length - 1;
    if (!(prediction > x[0])) return y[0];
    if (prediction >= x[high]) return y[high];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (x[middle] <= prediction) low = middle;
      else high = middle;
    }
    return y[low] + ((y[high] - y[low]) * (prediction - x[low])) / (x[high] - x[low]);
  }

  toJSON(): { x: number[]; y: number[] } {
    return { x: [...this.x], y: [...this.y] };
  }

  /** @throws {InputError} for anything but what `toJSON` gave. */
  static fromJSON(value: unknown): IsotonicCalibration {
    const { x, y } = (value ?? {}) as { x?: unknown; y?: unknown };
    const isRising = (list: unknown): list is number[] =>
      Array.isArray(list) && list.length > 0 &&
      list.every((v, i) => Number.isFinite(v) && (i === 0 || v >= list[i - 1]));
    if (!isRising(x) || !isRising(y) || x.length !== y.length) {
      throw new InputError({ field: "isotonic", found: value, expected: "two rising lists" });
    }
    return new IsotonicCalibration(Float64Array.from(x), Float64Array.from(y));
  }
}

interface Pool {
  from: number;
  to: number;
  sum: number;
  count: number;
}

function poolViolators(
  order: Uint32Array,
  predictions: Float64Array,
  outcomes: Float64Array,
): Pool[] {
  const pools: Pool[] = [];
  for (const i of order) {
    let pool = { from: predictions[i], to: predictions[i], sum: outcomes[i], count: 1 };
    for (let last = pools.at(-1); last; last = pools.at(-1)) {
      const isFalling = last.sum * pool.count >= pool.sum * last.count;
      if (!isFalling && last.to < pool.from) break;
      pools.pop();
      pool = {
        from: last.from,
        to: pool.to,
        sum: last.sum + pool.sum,
        count: last.count + pool.count,
      };
    }
    pools.push(pool);
  }
  return pools;
}

/** Predictions and outcomes side by side, in `bins` parts of about as many rows, ascending. */
export function reliability(
  predictions: Float64Array,
  outcomes: Float64Array,
  bins = 10,
): ReliabilityBin[] {
  const n = predictions.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i)
    .sort((a, b) => predictions[a] - predictions[b]);
  const result: ReliabilityBin[] = [];
  for (let bin = 0; bin < bins; bin++) {
    const part = order.subarray(Math.floor((n * bin) / bins), Math.floor((n * (bin + 1)) / bins));
    if (part.length === 0) continue;
    const mean = (of: Float64Array) => part.reduce((sum, i) => sum + of[i], 0) / part.length;
    result.push({ predicted: mean(predictions), observed: mean(outcomes), count: part.length });
  }
  return result;
}
