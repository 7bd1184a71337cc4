import { type Rng, satToMsat } from "../../core/mod.ts";

/**
 * What payments are for, as shares of all with log-normal amounts: mean and standard deviation of
 * ln(sat). A single log-normal that meets the measured mean and deviation of ln(sat) (10.38 and
 * 1.92) has far too many large amounts: tips and the like make the distribution lean to the left.
 * Together the two meet all five figures of a real node's forwards: these two, the median of
 * 48.7 k sat, the mean of 99 k and the 379 k that 95 % stay below.
 */
export const AMOUNT_KINDS = {
  purchases: { share: 0.8, meanLogSat: 11.14, sdLogSat: 1.11 },
  tips: { share: 0.2, meanLogSat: 7.32, sdLogSat: 1.35 },
} as const;

/** Spread of amounts within one burst, of ln(sat). */
const BURST_SD_LOG = 0.5;

/** Draws the amount around which those of a burst lie, as ln(sat). */
export function drawCentreLogSat(rng: Rng): number {
  const { purchases, tips } = AMOUNT_KINDS;
  const { meanLogSat, sdLogSat } = rng.float() < purchases.share ? purchases : tips;
  return meanLogSat + Math.sqrt(sdLogSat ** 2 - BURST_SD_LOG ** 2) * rng.normal();
}

/** One amount of a burst: whole satoshis, 1 at least and `mostSat` at most, in msat. */
export function drawAmountMsat(centreLogSat: number, mostSat: number, rng: Rng): number {
  const sat = Math.exp(centreLogSat + BURST_SD_LOG * rng.normal());
  return satToMsat(Math.max(1, Math.round(Math.min(sat, mostSat))));
}
