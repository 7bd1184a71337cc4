import { MSAT_PER_SAT, satToMsat } from "../core/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";

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

/** Of what the limit in sat allows, this share is planned for: routes cost more than expected too. */
const PLANNED_SHARE = 0.9;

/**
 * A suggestion as it can be carried out: a smaller amount where the whole is expected to cost more
 * sat than one rebalance may.
 */
export function withinMaxFee(
  suggestion: Suggestion,
  { maxFeeSat }: Pick<SpendingLimits, "maxFeeSat">,
): Suggestion {
  const { amountMsat, feeLimitMsat, expectedFeeMsat, expectedGainMsat } = suggestion;
  const mostMsat = satToMsat(maxFeeSat);
  if (mostMsat === 0 || expectedFeeMsat <= mostMsat) return suggestion;
  const share = PLANNED_SHARE * mostMsat / expectedFeeMsat;
  return {
    ...suggestion,
    amountMsat: satToMsat(Math.max(1, Math.floor(amountMsat * share / MSAT_PER_SAT))),
    feeLimitMsat: Math.floor(feeLimitMsat * share),
    expectedFeeMsat: Math.floor(expectedFeeMsat * share),
    expectedGainMsat: Math.floor(expectedGainMsat * share),
  };
}

/** What carrying a suggestion out may cost at most, with the amount that is moved then. */
export function worstCaseMsat(suggestion: Suggestion, limits: SpendingLimits): number {
  return feeCapMsat(withinMaxFee(suggestion, limits), limits);
}

/** What a part of a rebalance may cost, so that all parts together stay within the whole's cap. */
export function partCapMsat(capMsat: number, partMsat: number, wholeMsat: number): number {
  return Math.floor(capMsat * (partMsat / wholeMsat));
}

/** Msat as sat, rounded up: what a limit in sat must hold. */
export function satCeil(msat: number): number {
  return Math.ceil(msat / MSAT_PER_SAT);
}
