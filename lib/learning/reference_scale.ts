import { DAY_MS, HOUR_MS } from "../core/mod.ts";
import { FEATURE_NAMES } from "../liquidity/mod.ts";

/** The two sides of a channel's needs. */
export const SIDES = ["outbound", "inbound"] as const;
export type Side = (typeof SIDES)[number];

const COLUMNS = Object.fromEntries(SIDES.map((side) => [side, {
  day: FEATURE_NAMES.indexOf(`past_${side}_need_24h`),
  threeDays: FEATURE_NAMES.indexOf(`past_${side}_need_72h`),
  daily: FEATURE_NAMES.indexOf(`daily_${side}_need_mean`),
}])) as Record<Side, { day: number; threeDays: number; daily: number }>;
const WINDOW_COLUMNS = new Map(
  ([[6, "6h"], [24, "24h"], [72, "72h"], [168, "7d"]] as const).map(([hours, name]) => [
    hours * HOUR_MS,
    {
      outbound: FEATURE_NAMES.indexOf(`past_outbound_need_${name}`),
      inbound: FEATURE_NAMES.indexOf(`past_inbound_need_${name}`),
    },
  ]),
);
const FEES_DAY = FEATURE_NAMES.indexOf("fees_msat_24h");
const FEES_WEEK = FEATURE_NAMES.indexOf("fees_msat_7d");

/** How the need grows with the window: between the root (chance) and in proportion (drift). */
const GROWTH = 0.75;

/**
 * What a channel's own past says it needs, sat: half the mean of its last seven days, a quarter
 * each the last day and the last three. For other horizons than a day in proportion to their
 * length to the power 0.75.
 *
 * @param data rows of features
 * @param offset where the row starts
 */
export function ownNeedSat(
  side: Side,
  data: ArrayLike<number>,
  { offset, horizonMs }: { offset: number; horizonMs: number },
): number {
  const { day, threeDays, daily } = COLUMNS[side];
  const mixed = 0.5 * known(data[offset + daily]) + 0.25 * known(data[offset + day]) +
    0.25 * known(data[offset + threeDays]) / 3 ** GROWTH;
  return mixed * (horizonMs / DAY_MS) ** GROWTH;
}

/**
 * The need of the last window as long as the horizon, as persistence repeats it, sat; for a length
 * that is no feature, that of the last day grown to it.
 */
export function lastNeedSat(
  side: Side,
  data: ArrayLike<number>,
  { offset, horizonMs }: { offset: number; horizonMs: number },
): number {
  const exact = WINDOW_COLUMNS.get(horizonMs);
  if (exact !== undefined) return known(data[offset + exact[side]]);
  return known(data[offset + COLUMNS[side].day]) * (horizonMs / DAY_MS) ** GROWTH;
}

/** Fees a horizon as long as this would bring at the rate of the last week and day, msat. */
export function ownFeesMsat(
  data: ArrayLike<number>,
  { offset, horizonMs }: { offset: number; horizonMs: number },
): number {
  const aDay = 0.7 * known(data[offset + FEES_WEEK]) + 0.3 * known(data[offset + FEES_DAY]);
  return aDay * horizonMs / DAY_MS;
}

function known(value: number): number {
  return value > 0 ? value : 0;
}
