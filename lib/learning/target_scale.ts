import { ownFeesMsat, ownNeedSat, type Side } from "./reference_scale.ts";

/**
 * How needs are put to the trees. `root`: the square root, which tames the tail and keeps the
 * weight of large channels. `relative`: as a multiple of the channel's own past need, which
 * carries over to channels of another size. Quantiles pass through both unharmed.
 */
export const TARGET_SCALES = ["root", "relative"] as const;
export type TargetScale = (typeof TARGET_SCALES)[number];

/** Sat that count as 1 under the root. */
const ROOT_UNIT_SAT = 10_000;
/** Added to the past need, so that idle channels have a scale. */
const RELATIVE_FLOOR_SAT = 20_000;

/** What a row's need is measured by. */
export interface ScaleContext {
  side: Side;
  data: ArrayLike<number>;
  /** Start of the row in `data`. */
  offset: number;
  horizonMs: number;
}

/** A need in sat as the trees see it, and the row's weight. */
export function toTarget(scale: TargetScale, needSat: number, context: ScaleContext) {
  if (scale === "root") return { value: Math.sqrt(needSat / ROOT_UNIT_SAT), weight: 1 };
  const unit = relativeUnit(context);
  // Between a loss in satoshis (weight = unit) and one in multiples (weight 1).
  return { value: needSat / unit, weight: Math.sqrt(unit / RELATIVE_FLOOR_SAT) };
}

/** What the trees say, in sat; 0 or more. */
export function fromTarget(scale: TargetScale, value: number, context: ScaleContext): number {
  const positive = Math.max(0, value);
  return scale === "root" ? positive ** 2 * ROOT_UNIT_SAT : positive * relativeUnit(context);
}

/** What a need is a multiple of on the relative scale, sat, above 0. */
export function relativeUnit({ side, data, offset, horizonMs }: ScaleContext): number {
  return RELATIVE_FLOOR_SAT + ownNeedSat(side, data, { offset, horizonMs });
}

/** Added to the past fees, msat. */
const FEES_FLOOR_MSAT = 5_000;

/** What fees at stake are counted in, msat: what the channel's own past says, and a floor. */
export function feesUnitMsat(context: Omit<ScaleContext, "side">): number {
  const { data, offset, horizonMs } = context;
  return FEES_FLOOR_MSAT + ownFeesMsat(data, { offset, horizonMs });
}

/** Weight of a row so that errors count in satoshis, not in multiples. */
export function feesWeight(unitMsat: number): number {
  return unitMsat / FEES_FLOOR_MSAT;
}
