import type { Payback } from "../record.ts";

/** Rebalances of similar confidence, and how many of them paid for themselves. */
export interface ReliabilityBin {
  /** Confidence in [from, to); the last bin holds its end too. */
  from: number;
  to: number;
  count: number;
  meanConfidence: number;
  /** Share that earned more than its fee within the horizon. */
  paidShare: number;
}

/** How far confidence can be believed. */
export interface Calibration {
  rebalances: number;
  /** Mean distance of confidence and share, weighted by count; NaN without rebalances. */
  expectedError: number;
  bins: ReliabilityBin[];
}

const BINS = 10;

/** Whether a rebalance paid for itself. */
export function paid({ earnedMsat, feeMsat }: Payback): boolean {
  return earnedMsat > feeMsat;
}

/** Reliability in ten equal bins of confidence; empty ones are left out. */
export function calibrationOf(paybacks: readonly Payback[]): Calibration {
  const grouped = Map.groupBy(
    paybacks,
    ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)),
  );
  const bins = [...grouped].sort(([a], [b]) => a - b).map(([bin, group]): ReliabilityBin => ({
    from: bin / BINS,
    to: (bin + 1) / BINS,
    count: group.length,
    meanConfidence: group.reduce((sum, { confidence }) => sum + confidence, 0) / group.length,
    paidShare: group.filter(paid).length / group.length,
  }));
  const distance = bins.reduce(
    (sum, bin) => sum + bin.count * Math.abs(bin.meanConfidence - bin.paidShare),
    0,
  );
  return { rebalances: paybacks.length, expectedError: distance / paybacks.length, bins };
}
