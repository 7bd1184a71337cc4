/** What is fetched beside the live stream, as it stands on the wire (docs: `/openapi.json`). */
import type { SuggestionView } from "./api.ts";

/** `GET /api/activity`. */
export interface ActivityView {
  /** Time of the newest event. */
  now: string | null;
  /** Oldest first; hours without anything are left out. */
  hours: HourView[];
  judged: JudgedView[];
  confidence: { count: number; mean: number | null; paid: number | null }[];
}

/** One hour of all channels. */
export interface HourView {
  hour: string;
  settled: number;
  failed: number;
  /** Forwards that an own channel lacked balance for. */
  lacked: number;
  out_msat: number;
  fees_msat: number;
  rebalances: number;
  rebalance_cost_msat: number;
}

/** Suggestions of a day whose horizon has passed. */
export interface JudgedView {
  day: string;
  /** False: judged as if it had been carried out. */
  carried_out: boolean;
  count: number;
  paid: number;
  projected_msat: number;
  realised_msat: number;
}

/** `GET /api/flows`. */
export interface FlowsView {
  days: number;
  flows: FlowView[];
}

/** What came in from one peer and went out to another. */
export interface FlowView {
  node: string;
  in_peer: string;
  out_peer: string;
  count: number;
  amount_msat: number;
  fees_msat: number;
}

/** One direction's terms. */
export interface PolicyView {
  base_fee_msat: number;
  fee_rate_ppm: number;
  cltv_delta: number;
  min_htlc_msat: number;
  max_htlc_msat: number;
  disabled: boolean;
}

/** One feature's part in a forecast need. */
export interface ReasonView {
  feature: string;
  effect_sat: number;
  text: string;
}

/** Another local balance and what it would be worth. */
export interface WhatIfView {
  local_sat: number;
  gain_msat: number;
  short_outbound: number;
  short_inbound: number;
}

/** A channel at the end of an hour. */
export interface TrailView {
  hour: string;
  local_balance_sat: number | null;
  low_ratio: number | null;
  high_ratio: number | null;
}

/** `GET /api/channels/{node}/{id}/history`. */
export interface ChannelHistoryView {
  trail: TrailView[];
  forwards: {
    seq: number;
    time: string;
    in_channel: string;
    out_channel: string;
    in_amount_msat: number;
    out_amount_msat: number;
    outcome: string;
    failure_reason?: string;
  }[];
  shortage: { days: number; count: number; amount_msat: number };
  local_policy: PolicyView | null;
  remote_policy: PolicyView | null;
  what_if: WhatIfView[];
  reasons: { outbound: ReasonView[]; inbound: ReasonView[] } | null;
}

/** `GET /api/network`: columns. */
export interface NetworkView {
  nodes: string[];
  aliases: string[];
  channels: string[];
  /** Two places in `nodes` for each channel. */
  ends: number[];
  capacity_sat: number[];
}

/** `GET /api/performance/history`. */
export interface ErrorHistoryView {
  points: { time: string; losses: Record<string, number>; coverage: number | null }[];
}

/** The way of one attempt. */
export interface RouteView {
  /** From the source channel to the target channel; none where the node chooses. */
  channels: string[];
  /** Who stands at the far end of each; null where unknown. */
  nodes: (string | null)[];
  amount_msat: number;
  fee_msat: number;
}

/** An attempt that has ended. */
export interface TryView extends RouteView {
  settled: boolean;
  /** Place in `channels`, from 0. */
  failed_hop: number | null;
  reason: string | null;
}

/** What a rebalance came to. */
export interface ResultView {
  status: string;
  reason?: string;
  amount_msat: number;
  fee_msat: number;
}

/** A rebalance that was begun. */
export interface ExecutionView {
  suggestion:
    & Pick<
      SuggestionView,
      | "id"
      | "node"
      | "source_node"
      | "source_channel"
      | "target_node"
      | "target_channel"
      | "amount_msat"
    >
    & { fee_limit_msat: number | null };
  begun: string;
  ended: string | null;
  /** Payments in the ledger. */
  attempts: { amount_msat: number; state: string; fee_msat: number; reason: string | null }[];
  tries: TryView[];
  under_way: RouteView[];
  result: ResultView | null;
}

/** `GET /api/executions`. */
export interface ExecutionsView {
  enabled: boolean;
  stopped: boolean;
  spending: { settled_msat: number; reserved_msat: number; budget_msat: number } | null;
  executions: ExecutionView[];
}

/** `GET /api/suggestions`. */
export interface HistoryView {
  suggestions: {
    time: string;
    suggestion: SuggestionView;
    result: ResultView & { tries: TryView[] } | null;
    /** Once its horizon has passed. */
    judged: { carried_out: boolean; earned_msat: number; fee_msat: number } | null;
  }[];
}

/** `GET /api/models`. */
export interface ModelsView {
  serving: string | null;
  models: { id: string; champion: boolean; details: ModelDetails }[];
}

/** What the registry tells of a model. */
export interface ModelDetails {
  created?: string;
  from?: string;
  to?: string;
  samples?: number;
  losses?: Record<string, number>;
  importance?: { feature: string; share: number }[];
  /** Why the file can't be used. */
  fault?: string;
}

/** One thing that needs a human. */
export interface AlertView {
  code: string;
  key: string;
  text: string;
  advice: string;
  /** The same in few words, for a list of many. */
  brief: string | null;
  /** What may be lost, where known. */
  stake_sat: number | null;
  since: string;
  silenced_until: string | null;
}

/** `GET /api/alerts`. */
export interface AlertsView {
  alerts: AlertView[];
}

/** `GET /api/log`, newest first. */
export interface LogView {
  lines: { time: string; level: string; room: string; text: string }[];
}
