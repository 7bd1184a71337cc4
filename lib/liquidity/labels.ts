import { MSAT_PER_SAT } from "../core/mod.ts";

/** What was attempted through one channel in one window, in order of time. */
export interface WindowFlow {
  direction: "out" | "in";
  amountMsat: number;
  feeMsat: number;
}

/** What hindsight says of a window: the target of learning. */
export interface WindowLabel {
  /** U: deepest net outflow, sat, 0 or more. */
  outboundNeedSat: number;
  /** D: deepest net inflow, sat, 0 or more. */
  inboundNeedSat: number;
  /** Fees of all attempted forwards through the channel, both directions, msat. */
  feesAtStakeMsat: number;
  /** Local balance, as a ratio of the capacity, that earns the most; NaN without a capacity. */
  optimalLowRatio: number;
  optimalHighRatio: number;
}

/** Points of the grid on which the value of opening balances is compared. */
export const VALUE_GRID = 41;

/**
 * Needs and optimal interval of a window by replaying what was attempted in it: settled forwards
 * and those that failed here for lack of balance, not those that failed further on.
 *
 * Where U + D <= capacity, every balance in [U, capacity - D] serves everything, and that is the
 * interval. Where no balance serves everything, it is the widest run of grid balances that earns
 * as much as the best one (around the first best where fees are unknown: then served volume counts).
 *
 * @param flows in order of time
 * @param capacitySat NaN where unknown
 *
 * @example
 * ```ts
 * import { labelWindow } from "../../lib/liquidity/mod.ts";
 * const out = { direction: "out" as const, amountMsat: 300_000, feeMsat: 30 };
 * const into = { direction: "in" as const, amountMsat: 400_000, feeMsat: 20 };
 * const label = labelWindow([out, into], 1000);
 * if (label.outboundNeedSat !== 300 || label.inboundNeedSat !== 100) throw new Error("U and D");
 * if (label.optimalLowRatio !== 0.3 || label.optimalHighRatio !== 0.9) throw new Error("[U, C - D]");
 * ```
 */
export function labelWindow(flows: readonly WindowFlow[], capacitySat: number): WindowLabel {
  const { outboundMsat, inboundMsat, feesMsat } = windowNeeds(flows);
  const label = {
    outboundNeedSat: outboundMsat / MSAT_PER_SAT,
    inboundNeedSat: inboundMsat / MSAT_PER_SAT,
    feesAtStakeMsat: feesMsat,
  };
  if (!(capacitySat > 0)) return { ...label, optimalLowRatio: NaN, optimalHighRatio: NaN };
  const capacityMsat = capacitySat * MSAT_PER_SAT;
  if (outboundMsat + inboundMsat <= capacityMsat) {
    return {
      ...label,
      optimalLowRatio: outboundMsat / capacityMsat,
      optimalHighRatio: 1 - inboundMsat / capacityMsat,
    };
  }
  return { ...label, ...bestRun(flows, capacityMsat) };
}

/** U and D of a sequence of flows, and the fees of all of it, in msat. */
export function windowNeeds(flows: Iterable<WindowFlow>) {
  let net = 0;
  let outboundMsat = 0;
  let inboundMsat = 0;
  let feesMsat = 0;
  for (const flow of flows) {
    net += flow.direction === "out" ? flow.amountMsat : -flow.amountMsat;
    if (net > outboundMsat) outboundMsat = net;
    if (-net > inboundMsat) inboundMsat = -net;
    feesMsat += flow.feeMsat;
  }
  return { outboundMsat, inboundMsat, feesMsat };
}

/** What one opening balance would have earned. */
export interface ReplayValue {
  /** Fees of what was served, msat. */
  feesMsat: number;
  /** Volume served, msat. */
  servedMsat: number;
}

/**
 * V(b): replays a window from an opening balance. A flow that the balance (or the room on the
 * other side) cannot carry whole is lost and moves nothing.
 *
 * @param localMsat opening local balance, 0 to `capacityMsat`
 */
export function replayValue(
  flows: Iterable<WindowFlow>,
  channel: { localMsat: number; capacityMsat: number },
): ReplayValue {
  let local = channel.localMsat;
  let feesMsat = 0;
  let servedMsat = 0;
  for (const { direction, amountMsat, feeMsat } of flows) {
    const after = direction === "out" ? local - amountMsat : local + amountMsat;
    if (after < 0 || after > channel.capacityMsat) continue;
    local = after;
    feesMsat += feeMsat;
    servedMsat += amountMsat;
  }
  return { feesMsat, servedMsat };
}

/**
 * V(b) on `points` balances from empty to full, both included.
 *
 * It is greatest throughout [U, capacity - D] where that is not empty. It need not be concave:
 * flows are served whole or not at all.
 *
 * @param points 2 or more
 */
export function valueCurve(
  flows: readonly WindowFlow[],
  capacityMsat: number,
  points = VALUE_GRID,
): ReplayValue[] {
  return Array.from(
    { length: points },
    (_, i) => replayValue(flows, { localMsat: capacityMsat * i / (points - 1), capacityMsat }),
  );
}

function bestRun(flows: readonly WindowFlow[], capacityMsat: number) {
  const curve = valueCurve(flows, capacityMsat);
  const anyFee = curve.some((value) => value.feesMsat > 0);
  const worth = curve.map((value) => anyFee ? value.feesMsat : value.servedMsat);
  const best = Math.max(...worth);
  let [from, to] = [0, -1];
  for (let i = 0; i < worth.length; i++) {
    if (worth[i] < best) continue;
    let end = i;
    while (end + 1 < worth.length && worth[end + 1] === best) end++;
    if (end - i > to - from) [from, to] = [i, end];
    i = end;
  }
  return {
    optimalLowRatio: from / (VALUE_GRID - 1),
    optimalHighRatio: to / (VALUE_GRID - 1),
  };
}
