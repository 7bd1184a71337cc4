import { replayValue, type WindowFlow } from "../liquidity/mod.ts";

/** What a channel's balance is worth. */
export interface ValueCurve {
  /** Fees that a local balance is expected to serve within the curve's horizon, msat. */
  valueMsat(localSat: number): number;
}

/**
 * The mean over past windows of what a balance would have earned in them: history as scenarios of
 * what may come. Each window is replayed whole, so payments that don't fit, liquidity that comes
 * back and is used again, and flows of both directions count as they would; several windows keep
 * one lucky day from deciding.
 *
 * @param windows flows of each window in order of time
 * @returns values of balances, each computed once
 *
 * @example
 * ```ts
 * import { replayCurve } from "../../lib/planning/mod.ts";
 * const out = { direction: "out" as const, amountMsat: 300_000, feeMsat: 30 };
 * const curve = replayCurve([[out], []], 1000);
 * // In one of two windows 300 sat go out and earn 30 msat.
 * if (curve.valueMsat(299) !== 0 || curve.valueMsat(300) !== 15) throw new Error("mean of windows");
 * ```
 */
export function replayCurve(
  windows: readonly (readonly WindowFlow[])[],
  capacitySat: number,
): ValueCurve {
  const values = new Map<number, number>();
  const capacityMsat = capacitySat * 1000;
  const valueMsat = (localSat: number) => {
    let value = values.get(localSat);
    if (value === undefined) {
      const localMsat = localSat * 1000;
      value = windows.reduce(
        (sum, flows) => sum + replayValue(flows, { localMsat, capacityMsat }).feesMsat,
        0,
      ) / windows.length;
      values.set(localSat, value);
    }
    return value;
  };
  return { valueMsat };
}
