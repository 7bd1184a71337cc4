import { MSAT_PER_SAT, satToMsat } from "../core/mod.ts";

/** What may be spent on rebalancing, and how. All of it must be given: there is no default budget. */
export interface SpendingLimits {
  /** Routing fees in any 24 hours together, sat. */
  budgetSatPerDay: number;
  /** Routing fees of one rebalance at most, sat. */
  maxFeeSat: number;
  /** Routing fees over the amount at most, ppm. Of the two caps the lower holds. */
  maxFeePpm: number;
}

/** The fee that a rebalance may cost at most: the lowest of its own limit and both caps. */
export function feeCapMsat(
  { amountMsat, feeLimitMsat }: { amountMsat: number; feeLimitMsat: number },
  { maxFeeSat, maxFeePpm }: SpendingLimits,
): number {
  return Math.max(
    0,
    Math.min(
      Math.floor(feeLimitMsat),
      satToMsat(maxFeeSat),
      Math.floor(amountMsat / 1e6 * maxFeePpm),
    ),
  );
}

/** What a part of a rebalance may cost, so that all parts together stay within the whole's cap. */
export function partCapMsat(capMsat: number, partMsat: number, wholeMsat: number): number {
  return Math.floor(capMsat * (partMsat / wholeMsat));
}

/** Msat as sat, rounded up: what a limit in sat must hold. */
export function satCeil(msat: number): number {
  return Math.ceil(msat / MSAT_PER_SAT);
}
