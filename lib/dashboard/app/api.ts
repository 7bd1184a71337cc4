/**
 * What the server tells on its live stream, as it stands on the wire (docs: `/openapi.json`).
 * Ratios are local balance / capacity, 0 to 1; times ISO 8601, UTC, in the time of the data, which
 * is virtual in a simulation.
 */

/** A channel as it is now. */
export interface ChannelView {
  node: string;
  /** What the node and its peer call themselves; null where the graph does not tell. */
  node_alias: string | null;
  channel_id: string;
  peer: string;
  peer_alias: string | null;
  capacity_sat: number;
  local_balance_sat: number;
  remote_balance_sat: number;
  balance_ratio: number;
  active: boolean;
  local_fee_rate_ppm: number | null;
  last_update: string;
}

/** What a channel will need; figures are null while it is learning. */
export interface PredictionView {
  node: string;
  channel_id: string;
  optimal_ratio: number | null;
  low_ratio: number | null;
  high_ratio: number | null;
  /** Chance that the balance falls short within the horizon, 0 to 1. */
  short_outbound: number | null;
  short_inbound: number | null;
  /** Needs at each of `levels`, ascending. */
  outbound_need_sat: number[] | null;
  inbound_need_sat: number[] | null;
  levels: number[];
  fees_at_stake_msat: number | null;
  horizon_hours: number | null;
  forwards_seen: number;
}

/** One proposed rebalance. */
export interface SuggestionView {
  id: string;
  node: string;
  source_node: string;
  source_channel: string;
  target_node: string;
  target_channel: string;
  amount_msat: number;
  fee_limit_msat: number;
  /** Chance that it pays for itself, 0 to 1. */
  confidence: number;
  /** After the expected fee. */
  expected_gain_msat: number;
  expected_fee_msat: number;
  source_optimal_ratio: number;
  target_optimal_ratio: number;
  expires_at: string;
  reasons: string[];
}

/** Why a channel takes part in a suggestion or not. */
export interface DecisionView {
  node: string;
  channel_id: string;
  code: string;
  reason: string;
  suggestion_id: string | null;
}

/** The present plan. */
export interface RecommendationsView {
  /** Null before the first plan. */
  time: string | null;
  model: string | null;
  suggestions: SuggestionView[];
  /** Those among them that the operator does not want, and until when. */
  dismissed: { id: string; until: string }[];
  decisions: DecisionView[];
}

/** Figures of the model that serves. */
export interface PerformanceView {
  model: string | null;
  serving_since: string | null;
  event_time: string | null;
  events: number;
  channels: number;
  retraining: boolean;
  last_retraining:
    | { status: string; model: string | null; reason: string; finished: string }
    | null;
  /** The model's errors beside what was usual. */
  drift: {
    state: "learning" | "steady" | "warning" | "drift";
    /** 1 and more is an alarm. */
    level: number;
    alarms: number;
    last_alarm: { direction: "up" | "down" | null; since: string | null } | null;
  } | null;
  /** Errors of the model, its online correction and the baselines. */
  metrics: Record<string, unknown>;
}

/** One twin's figures since the start. */
export interface TwinFigures {
  payments: number;
  success_rate: number;
  fees_earned_msat: number;
  rebalance_cost_msat: number;
  net_income_msat: number;
}

/** The simulation with suggestions beside the same one without. */
export interface TwinView {
  time: string;
  lens: TwinFigures;
  baseline: TwinFigures;
  gain_msat: number;
}

/** Counts since the start of the journal. */
export interface TotalsView {
  payments: number;
  payments_succeeded: number;
  forwards: number;
  forwards_settled: number;
  /** Failed at this node for lack of balance. */
  forwards_lacking: number;
  fees_earned_msat: number;
  rebalances_applied: number;
  rebalance_cost_msat: number;
}

/** What one twin's operators earned; payments are the whole network's. */
export interface SimulationFigures extends TwinFigures {
  forwards: number;
}

/** Something done to a simulated network from outside; `until` is null where nothing ends it. */
export type FaultView =
  | { kind: "offline"; node: string; until: string }
  | { kind: "traffic"; factor: number; until: string | null };

/** How the simulation that is connected stands. */
export interface SimulationView {
  /** Virtual time. */
  time: string;
  /** Virtual over real time: as asked for (0: it stands still), and as reached lately. */
  speed: number;
  reached: number;
  seed: number;
  nodes: number;
  channels: number;
  /** The first hundred. */
  operators: { id: string; alias: string }[];
  payments: number;
  success_rate: number;
  /** Attempts under way. */
  in_flight: number;
  suggestions: { applied: number; refused: number; failed: number };
  faults: FaultView[];
  lens: SimulationFigures;
  /** The twin without suggestions; null where there is none. */
  baseline: SimulationFigures | null;
}
