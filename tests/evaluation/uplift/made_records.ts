import type { PolicyName, RunRecord } from "../../../lib/evaluation/mod.ts";

/** A record in which nodes earned so much, and nothing else happened. */
export function recordOf(
  { policy, seed, netMsat }: { policy: PolicyName; seed: number; netMsat: number[] },
): RunRecord {
  return {
    policy,
    scenario: "base",
    seed,
    nodes: netMsat.map((net, i) => ({
      node: `node${i}`,
      forwards: 1,
      failedHere: 0,
      forwardedMsat: 1000,
      forwardIncomeMsat: net,
      rebalances: 0,
      rebalancedMsat: 0,
      rebalanceCostMsat: 0,
    })),
    payments: 100,
    settled: 90,
    suggestions: {
      made: 0,
      applied: 0,
      failed: 0,
      refused: 0,
      attempts: 0,
      askedMsat: 0,
      movedMsat: 0,
    },
    paybacks: [],
    forecasts: null,
  };
}
