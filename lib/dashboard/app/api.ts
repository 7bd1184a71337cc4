/** What the server answers, as it stands on the wire. Amounts in satoshis unless the name says msat. */

/** One channel: balances, forecast and what was decided. Members are null while it is learning. */
export interface ChannelItem {
  node: string;
  channel_id: string;
  peer: string;
  capacity_sat: number;
  local_balance_sat: number;
  remote_balance_sat: number;
  /** Local balance / capacity, 0 to 1. */
  balance_ratio: number;
  optimal_ratio: number | null;
  optimal_low: number | null;
  optimal_high: number | null;
  /** Chance that the balance falls short within the horizon, 0 to 1. */
  short_outbound: number | null;
  short_inbound: number | null;
  /** Needs at the quantiles 0.1, 0.25, 0.5, 0.75 and 0.9. */
  outbound_need_sat: number[] | null;
  inbound_need_sat: number[] | null;
  fees_at_stake_msat: number | null;
  confidence: number | null;
  decision: { code: string; reason: string; suggestion_id?: string } | null;
  /** ISO 8601, UTC, in the time of the data: virtual in a simulation. */
  updated_at: string;
}

/** One page of `GET /api/channels`. */
export interface ChannelPage {
  items: ChannelItem[];
  /** Cursor of the next page. */
  next: string | null;
}

/** One proposed rebalance. */
export interface RecommendationItem {
  id: string;
  node: string;
  source_channel: string;
  target_channel: string;
  source_node: string;
  target_node: string;
  amount_sat: number;
  fee_limit_sat: number;
  expected_gain_sat: number;
  expected_fee_sat: number;
  confidence: number;
  source_optimal_ratio: number;
  target_optimal_ratio: number;
  expires_at: string;
  reasons: string[];
  /** What became of it, once known. */
  status?: string;
}

/** Why one channel takes part in a suggestion or not. */
export interface DecisionItem {
  node: string;
  channel_id: string;
  code: string;
  reason: string;
  suggestion_id?: string;
}

/** `GET /api/recommendations`. */
export interface Recommendations {
  timestamp: string;
  items: RecommendationItem[];
  decisions: DecisionItem[];
}

/** `GET /api/performance`: how well forecasts matched what then happened. */
export interface Performance {
  model: { id: string; trained_at?: string } | null;
  samples: number;
  /** Mean loss by forecaster: the model, its online correction, and the baselines. */
  losses: Record<string, number | null>;
  /** Share of outcomes within the interval that should hold 80 %. */
  coverage_80?: number | null;
}

/** Totals of one of the twins since the start. */
export interface TwinTotals {
  success_rate: number;
  net_income_sat: number;
  fees_earned_sat?: number;
  rebalance_fees_sat?: number;
  applied?: number;
  refused?: number;
  failed?: number;
}

/** `GET /api/twin`: the simulation with suggestions beside the one without. */
export interface Twin {
  virtual_time: string;
  lens: TwinTotals;
  twin: TwinTotals;
  history: { timestamp: string; lens_net_sat: number; twin_net_sat: number }[];
}
