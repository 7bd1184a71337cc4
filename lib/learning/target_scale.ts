import { InputError } from "../core/mod.ts";
import { ownNeedSat, type Side } from "./reference_scale.ts";

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

function relativeUnit({ side, data, offset, horizonMs }: ScaleContext): number {
  return RELATIVE_FLOOR_SAT + ownNeedSat(side, data, { offset, horizonMs });
}

/** @throws {InputError} for another word */
export function parseTargetScale(value: unknown, file: string): TargetScale {
  const scale = TARGET_SCALES.find((name) => name === value);
  if (scale !== undefined) return scale;
  throw new InputError({
    file,
    field: "scale",
    found: value,
    expected: TARGET_SCALES.join(" or "),
  });
}
