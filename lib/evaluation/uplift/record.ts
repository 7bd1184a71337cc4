import type { ForecastRecord } from "./forecast_judge.ts";
import type { PolicyName } from "./policies/mod.ts";
import type { ScenarioName } from "./scenarios.ts";

/** What one node earned and did while income counted, msat. */
export interface NodeRecord {
  node: string;
  forwards: number;
  failedHere: number;
  forwardedMsat: number;
  forwardIncomeMsat: number;
  rebalances: number;
  rebalancedMsat: number;
  rebalanceCostMsat: number;
}

/** What became of a run's suggestions. */
export interface SuggestionTally {
  made: number;
  /** At least a part arrived. */
  applied: number;
  failed: number;
  refused: number;
  attempts: number;
  askedMsat: number;
  movedMsat: number;
}

/** Whether one rebalance that was carried out paid for itself, and how sure its maker was. */
export interface Payback {
  confidence: number;
  feeMsat: number;
  /** What the moved liquidity earned within the horizon, msat; see `paybackOf`. */
  earnedMsat: number;
}

/** One run: a policy in a scenario with a seed. */
export interface RunRecord {
  policy: PolicyName;
  scenario: ScenarioName;
  seed: number;
  nodes: NodeRecord[];
  payments: number;
  settled: number;
  suggestions: SuggestionTally;
  paybacks: Payback[];
  forecasts: ForecastRecord | null;
}

/** Income less what rebalances cost, msat. */
export function netMsat({ forwardIncomeMsat, rebalanceCostMsat }: NodeRecord): number {
  return forwardIncomeMsat - rebalanceCostMsat;
}
