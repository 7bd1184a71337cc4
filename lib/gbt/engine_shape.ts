import type { FeatureBins } from "./bin_edges.ts";
import type { EngineShape } from "./kernels.ts";
import { lossOf } from "./loss.ts";
import type { Matrix } from "./matrix.ts";
import type { BoosterOptions } from "./options.ts";

/** Whether histograms need sums of second derivatives beside the counts. */
export function needsHessian(options: BoosterOptions, weighted: boolean): boolean {
  return weighted || !lossOf(options.loss).unitHessian;
}

/** Whether a training keeps residuals in place of scores (see `Kernels.shiftResiduals`). */
export function isFused({ loss, rowFraction }: BoosterOptions, hessian: boolean): boolean {
  return loss === "squared" && !hessian && rowFraction === 1;
}

/** The shape of a training on `x` with these options. */
export function engineShape(
  from: {
    x: Pick<Matrix, "rows" | "columns">;
    options: BoosterOptions;
    bins: readonly FeatureBins[];
    weighted: boolean;
    threads: number;
  },
): EngineShape {
  const { x, options, bins, weighted, threads } = from;
  const hessian = needsHessian(options, weighted);
  const constrained = options.monotone.some((sign) => sign !== 0);
  return {
    rows: x.rows,
    columns: x.columns,
    slots: options.leaves,
    threads,
    hessian,
    weighted,
    fused: isFused(options, hessian),
    edgeCounts: Uint8Array.from(bins, ({ edges }) => edges.length),
    hasMissing: Uint8Array.from(bins, ({ hasMissing }) => hasMissing ? 1 : 0),
    monotone: Int8Array.from(constrained ? options.monotone : []),
  };
}
