import { replayValue, type WindowFlow } from "../liquidity/mod.ts";

/** What a change of a channel's balance is worth. */
export interface ValueCurve {
  /**
   * Fees that a change of the local balance is expected to bring in the days to come, msat; negative
   * where it harms.
   *
   * @param changeSat above 0 received, below 0 given away
   */
  changeMsat(localSat: number, changeSat: number): number;
}

/** How much of what a change would have earned in past windows is expected to come, by window. */
export interface ReplayWeights {
  /** Of amounts received, whether that would have earned or lost. */
  received: readonly number[];
  /** Of amounts given away that would have earned more by being gone: room for inflow. */
  freed: readonly number[];
  /** Of amounts given away that would have been missed. */
  missed: readonly number[];
}

/**
 * For windows of 24 h, 72 h and 120 h, of what then came in the 72 h after: least squares over
 * 103,000 moves between channels of six worlds of the small generated network, where what came is a
 * replay of all channels of the node together. Other worlds and mainnet's core agree
 * (docs/planning.md).
 * What a full channel would have gained by giving hardly ever comes: it is full because the inflow
 * of the window that is replayed has already come.
 */
export const REPLAY_WEIGHTS = {
  received: [0.35, 0.25, 0.26],
  freed: [0.12, 0.06, 0],
  missed: [0.33, 0.39, 0.4],
} as const satisfies ReplayWeights;

/** Fee rates below this are taken for it where gains are limited, ppm. */
const LEAST_RATE_PPM = 20;

/** The most that an amount used once can be said to earn, msat. */
export function usedOnceMsat(amountSat: number, ratePpm: number): number {
  return amountSat * Math.max(LEAST_RATE_PPM, ratePpm) / 1000;
}

/** What a {@linkcode replayCurve} is made from, beside flows. */
export interface ReplayCurveOptions {
  capacitySat: number;
  /** What a satoshi earns here when it is used once, ppm. */
  ratePpm: number;
  weights?: ReplayWeights;
}

/**
 * Values a change by past windows: each is replayed from the balance with and without it, so that
 * payments that don't fit, liquidity that comes back and flows of both directions count as they
 * would. What one window says is limited to the amount's own fee, since an amount that was used
 * several times over was lucky, and the windows are weighed by how well they foretell.
 *
 * @param windows flows of each window in order of time, in the order of the weights
 * @returns a curve that replays each balance once
 *
 * @example
 * ```ts
 * import { replayCurve } from "../../lib/planning/mod.ts";
 * const out = { direction: "out" as const, amountMsat: 300_000, feeMsat: 30 };
 * const weights = { received: [0.5, 0.25], freed: [0, 0], missed: [1, 1] };
 * const curve = replayCurve([[out], [out]], { capacitySat: 1000, ratePpm: 100, weights });
 * // 300 sat more would have let 300 sat go out, twice, for 30 msat each.
 * if (curve.changeMsat(0, 300) !== 22.5) throw new Error("the windows, weighed");
 * ```
 */
export function replayCurve(
  windows: readonly (readonly WindowFlow[])[],
  { capacitySat, ratePpm, weights = REPLAY_WEIGHTS }: ReplayCurveOptions,
): ValueCurve {
  const feesMsat = windows.map((flows) => replayedFees(flows, capacitySat));
  const changeMsat = (localSat: number, changeSat: number) => {
    const mostMsat = usedOnceMsat(Math.abs(changeSat), ratePpm);
    return feesMsat.reduce((sum, feesFrom, window) => {
      const change = feesFrom(localSat + changeSat) - feesFrom(localSat);
      const given = change > 0 ? weights.freed : weights.missed;
      const weight = (changeSat > 0 ? weights.received : given)[window];
      return sum + weight * Math.max(-mostMsat, Math.min(mostMsat, change));
    }, 0);
  };
  return { changeMsat };
}

/** Fees that a balance would have served in a window, msat; each balance is replayed once. */
function replayedFees(flows: readonly WindowFlow[], capacitySat: number) {
  const known = new Map<number, number>();
  return (localSat: number): number => {
    let feesMsat = known.get(localSat);
    if (feesMsat === undefined) {
      const channel = { localMsat: localSat * 1000, capacityMsat: capacitySat * 1000 };
      known.set(localSat, feesMsat = replayValue(flows, channel).feesMsat);
    }
    return feesMsat;
  };
}
