/** The one table of what `/metrics` tells; the page in docs/operations.md follows from it. */
export const METRICS = {
  events_total: {
    type: "counter",
    help: "events taken, by kind",
    labels: ["kind"],
  },
  events_duplicate_total: { type: "counter", help: "events that were known already", labels: [] },
  events_late_total: {
    type: "counter",
    help: "events older than the newest one by more than a minute",
    labels: [],
  },
  events_refused_total: { type: "counter", help: "requests refused for wrong input", labels: [] },
  store_errors_total: {
    type: "counter",
    help: "requests and plans that could not be stored",
    labels: [],
  },
  engine_errors_total: {
    type: "counter",
    help: "stored events that the engine could not use",
    labels: [],
  },
  commit_seconds: {
    type: "histogram",
    help: "time from a request's events to their durability",
    labels: [],
  },
  events_pending: { type: "gauge", help: "events waiting to become durable", labels: [] },
  journal_seq: { type: "gauge", help: "number of the newest durable event", labels: [] },
  event_time_seconds: { type: "gauge", help: "time of the newest event, Unix seconds", labels: [] },
  channels: { type: "gauge", help: "channels known", labels: [] },
  renew_seconds: {
    type: "histogram",
    help: "time to score all channels and to plan",
    labels: [],
  },
  decisions: { type: "gauge", help: "channels by the plan's decision", labels: ["code"] },
  suggestions: { type: "gauge", help: "suggestions of the present plan", labels: [] },
  rebalances_total: { type: "counter", help: "results of suggestions", labels: ["status"] },
  retrainings_total: { type: "counter", help: "retrainings, by outcome", labels: ["outcome"] },
  drift_level: {
    type: "gauge",
    help: "how far the model's errors are from what was usual; 1 is an alarm",
    labels: [],
  },
  drift_alarms_total: { type: "counter", help: "alarms that the model's errors moved", labels: [] },
  feature_drift_psi: {
    type: "gauge",
    help: "population stability index of the features that moved most, as of the last retraining",
    labels: ["feature"],
  },
  model_loss_sat: {
    type: "gauge",
    help: "mean pinball loss measured live: the model, its online correction and the baselines",
    labels: ["of"],
  },
  model_age_seconds: { type: "gauge", help: "time since the serving model was put in", labels: [] },
  exports_total: { type: "counter", help: "exports of data, by outcome", labels: ["outcome"] },
  backups_total: { type: "counter", help: "backups of the store, by outcome", labels: ["outcome"] },
  alerts: { type: "gauge", help: "what needs a human now, silenced or not", labels: ["code"] },
  live_readers: { type: "gauge", help: "readers of the live stream", labels: [] },
  live_skips_total: {
    type: "counter",
    help: "times a slow reader was given a new snapshot",
    labels: [],
  },
  requests_total: { type: "counter", help: "answers, by status class", labels: ["status"] },
  resident_memory_bytes: { type: "gauge", help: "memory of the process", labels: [] },
} as const satisfies Record<string, MetricSpec>;

/** One row of {@linkcode METRICS}; names on the wire start with `lightning_lens_`. */
export interface MetricSpec {
  type: "counter" | "gauge" | "histogram";
  help: string;
  labels: readonly string[];
}

export type MetricName = keyof typeof METRICS;
